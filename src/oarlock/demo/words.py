"""The made-up names of the demo: people, companies, places, titles. All addresses end in `.example`."""

# ruff: noqa: SIM905 -- word lists are read and mended as text
from __future__ import annotations

GIVEN = (
    "Ada Adrian Agnes Aino Albert Alma Amalia Andrea Anke Anton Astrid Aurel Bastian Beata Benno Birgit Bjarne Bruna "
    "Carla Casper Celine Cosima Dario Delia Diego Dora Edda Egon Elin Elio Emma Enno Erik Esther Eva Fabio Felix Fenna "
    "Flora Frida Gesa Gianna Greta Gustav Hanna Hedda Helge Ida Ilse Ingo Irena Ivo Jana Jannis Joost Judith Jule Kaja "
    "Karel Katja Klara Knut Lars Laura Leon Lidia Linus Lotte Luca Magda Maja Malte Marek Marit Marta Mats Milena Mina "
    "Nadja Nele Nico Nina Noor Olaf Olga Oskar Paula Pavel Petra Pia Quirin Rafael Renata Rieke Robin Rosalie Ruben "
    "Sanne Selma Silas Simona Sofia Stefan Svea Tamara Tilda Timo Tove Ulla Uwe Valerie Vera Vito Wanda Wim Yara Zeno"
).split()
FAMILY = (
    "Abel Ahlers Albrecht Amsel Andersson Baumgart Becker Berger Bianchi Bloem Bock Borg Brandner Brouwer Buchholz "
    "Calder Cassel Colombo Conrad Dahl Decker Demir Dorn Duval Ebert Eklund Engel Fabre Falk Ferrari Fink Fischbach "
    "Forsberg Frank Gallo Garnier Gerber Glas Grau Groen Hafner Halter Hansen Hartwig Heller Herzog Hoek Holm Huber "
    "Iversen Jansen Jensen Jonker Kallas Kappel Keller Kern Klein Koller Kowal Krog Kuiper Lang Larsen Laurent Lemke "
    "Lind Lopez Lorenz Lund Maas Marchand Marino Martens Meier Mertens Moreau Moser Nagel Neuer Nilsson Novak Nygaard "
    "Olsen Ortega Ott Paulsen Pereira Peters Pohl Prager Quast Rasmussen Reuter Ricci Riedel Rossi Ruiz Sander Sauer "
    "Schilling Seidel Serra Sieber Silva Sommer Stahl Steiner Svensson Thorsen Tischler Ulrich Urban Vance Verhoeven "
    "Vidal Vogel Voss Wagner Weiss Wende Winter Wolff Zander Zeller Zimmer"
).split()
COMPANY_HEADS = (
    "Alder Amber Anker Aster Auer Bergland Birke Blau Brandt Cedro Clarus Corvin Delta Drau Eider Elmar Falken Ferro "
    "Fjord Gamma Garda Hansa Havel Heron Isar Jura Kastell Kiefer Kogge Lambda Lago Lech Linden Lumen Lynx Main Marl "
    "Mistral Moldau Nadel Neckar Nord Oder Orion Palma Pinus Quarz Rhein Ronda Saale Sable Sirius Sonder Spree Tauern "
    "Tessin Tilia Ufer Umbra Vela Vesta Waal Weser Wipper Xanten Ypsilon Zirbe Zugspitz"
).split()
COMPANY_TAILS = (
    "Antriebe Bearings Beverages Chemie Components Distribution Electronics Fashion Foods Freight Fulfilment Furniture "
    "Gears Glass Handel Housewares Hydraulics Instruments Kabel Logistics Machinery Materials Medical Metals Motors "
    "Optics Packaging Paper Parts Pharma Plastics Pumps Retail Rubber Sensors Services Sports Steel Supply Textiles "
    "Tools Transport Valves Warehousing Wholesale Wood"
).split()

COUNTRIES = ("DE", "AT", "CH", "FR", "NL", "IT", "PL", "ES", "SE", "DK", "BE", "GB")
COUNTRY_WEIGHTS = (34, 6, 7, 11, 8, 8, 7, 5, 4, 3, 4, 3)
LEGAL_FORMS = (
    "GmbH",
    "GmbH",
    "AG",
    "SA",
    "B.V.",
    "S.p.A.",
    "Sp. z o.o.",
    "S.L.",
    "AB",
    "A/S",
    "N.V.",
    "Ltd, UK branch",
)
LANGUAGES = ("de", "de", "de", "fr", "nl", "it", "pl", "es", "sv", "da", "nl", "en")
REGIONS = ("DACH", "DACH", "DACH", "West", "Benelux", "South", "East", "South", "North", "North", "Benelux", "West")
CALLING_CODES = ("49", "43", "41", "33", "31", "39", "48", "34", "46", "45", "32", "44")
DACH = 3
"""Countries below this index belong to the pool dach."""

INDUSTRIES = (
    "manufacturing", "logistics", "retail", "wholesale", "food", "pharma", "services", "public sector",
)  # fmt: skip
JOB_LEVELS = ("student", "staff", "manager", "director", "vp", "c-level")
TITLES = (
    ("Student", "Working student", "Doctoral researcher"),
    ("Logistics planner", "Process engineer", "Buyer"),
    ("Warehouse manager", "Operations manager", "Purchasing manager"),
    ("Director of logistics", "Plant director", "Director of operations"),
    ("VP operations", "VP supply chain", "VP engineering"),
    ("Chief operating officer", "Chief executive officer", "Chief technology officer"),
)
FREE_MAIL = ("postbox.example", "freemail.example", "campus.example")
