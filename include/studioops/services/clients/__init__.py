"""Clients of the services that we use, each loaded where it is used: what they need is heavy."""

OPENAI_URL = "https://api.openai.com/v1"
TRELLO_URL = "https://api.trello.com/1"
