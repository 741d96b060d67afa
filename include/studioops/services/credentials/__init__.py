"""Credentials: do they work, what may they do, until when, how old are they, are they weak?"""

from studioops.services.credentials.ages import Ages, fingerprint, remember
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.held import Held, Keys, held, of_target
from studioops.services.credentials.looking import look_at_credentials
from studioops.services.credentials.report import CREDENTIALS, credentials_report

__all__ = [
    "CREDENTIALS",
    "Ages",
    "Credential",
    "Held",
    "Keys",
    "credentials_report",
    "fingerprint",
    "held",
    "look_at_credentials",
    "of_target",
    "remember",
]
