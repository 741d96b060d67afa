"""What a design studio in Tel Aviv writes into its database."""

from __future__ import annotations

PROJECTS = (
    ("Café Levontin fit-out", "Levontin Hospitality"),
    ("Jaffa port gallery", "Namal Arts"),
    ("Rothschild 44 lobby", "R44 Owners"),
    ("Haifa clinic reception", "Carmel Health"),
    ("Book fair pavilion", "Hebrew Book Week"),
    ("Set for 'The Dybbuk'", "Habima Theatre"),
    ("Kibbutz visitor centre", "Kibbutz Ein Gev"),
    ("Startup office, floor 9", "Quanta Labs"),
    ("Synagogue acoustic ceiling", "Beit Knesset HaGadol"),
    ("Festival main stage", "Red Sea Sounds"),
    ("Showroom kitchen", "Mitbach Plus"),
    ("Museum shop", "Negev Museum of Art"),
    ("School library", "Municipality of Holon"),
    ("Penthouse carpentry", "Private client"),
)
VENDORS = (
    "Even Stone", "Nagarut Barak", "Tzeva Paints", "Matechet Metalworks", "Or Lighting",
    "Zchuchit Glass", "Bad Textiles", "Laminat Ltd", "Pirzul Hardware", "Gvanim Print",
    "Etz Timber", "Beton Mix", "Hashmal Electric", "Mayim Plumbing", "Gan Landscaping",
    "Chomer Supply", "Kol Acoustic", "Masach Screens", "Rihut Furniture", "Ritzpa Floors",
    "Krach Ice Rental", "Manof Cranes", "Hovalot Moving", "Shilut Signs", "Dfus Offset",
    "Plastika Works", "Gumi Rubber", "Alum Profiles", "Tavla Boards", "Nirosta Steel",
    "Tapet Walls", "Vilon Curtains", "Bamot Stages", "Mizug Air",
)  # fmt: skip
MATERIALS = (
    ("Birch plywood 18 mm", "sheet", "wood"), ("MDF 12 mm", "sheet", "wood"),
    ("Pine 2x4", "m", "wood"), ("Oak veneer", "m2", "wood"), ("Portland cement", "bag", "masonry"),
    ("Terrazzo tile", "m2", "masonry"), ("Gypsum board", "sheet", "drywall"),
    ("Metal stud 75", "m", "drywall"), ("Rock wool", "m2", "insulation"),
    ("Acrylic paint, white", "l", "paint"), ("Primer", "l", "paint"),
    ("Lacquer, matt", "l", "paint"),
    ("LED strip 3000 K", "m", "light"), ("Track spot", "unit", "light"),
    ("Cable 3x1.5", "m", "light"),
    ("Tempered glass 8 mm", "m2", "glass"), ("Mirror 4 mm", "m2", "glass"),
    ("Steel tube 40x40", "m", "metal"), ("Aluminium profile", "m", "metal"),
    ("Brass rod 8 mm", "m", "metal"), ("Hinge, concealed", "unit", "hardware"),
    ("Drawer runner", "pair", "hardware"), ("Wood screw 4x40", "box", "hardware"),
    ("Felt, grey", "m2", "textile"), ("Stage molton", "m2", "textile"),
    ("Vinyl film", "m2", "print"), ("Contact glue", "l", "glue"),
)  # fmt: skip
QUESTIONS = (
    "How much plywood do we need for the counter?",
    "Which vendor delivers to Jaffa before Sunday?",
    "Summarise the last plan's costs.",
    "What did we pay for LED strips in May?",
    "Draft a message to the carpenter about the delay.",
    "Is the lobby ceiling within budget?",
)
ANSWERS = (
    "Fourteen sheets with eight per cent waste.",
    "Etz Timber and Pirzul Hardware both do.",
    "The plan stands at 84,300 NIS, margin a quarter.",
    "Between 38 and 44 NIS a metre.",
    "Here is a draft; shall I attach the drawing?",
    "It is 6 per cent over, all of it rock wool.",
)
