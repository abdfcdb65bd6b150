# ruff: noqa: RUF001, SIM905 - letters of other alphabets are meant, and a list of words is read most easily as text
"""Names for as many people as wanted: the same number always has the same name, and different numbers have different ones."""

import unicodedata

FIRST = """
Adam Aisha Alan Alice Amara Amir Anders Anita Anton Arjun Beatriz Ben Bianca Bruno Camille Carlos Carmen Chen Chloé Claire Connor
Dalia Daria David Dimitri Diego Dora Edgar Elena Elif Emeka Emil Erik Esther Fatima Felix Fiona Florian Frank Gabriel George
Gloria Hana Hannah Harold Hassan Helen Henrik Hugo Ibrahim Ines Ingrid Ivan Jack Jamal Jana Jorge José Judith Julia Kaito Karim
Karin Kenji Kevin Kwame Lara Laura Leila Leo Lucia Luis Magnus Maite Marco Maria Marta Matteo Maya Mehmet Mina Mohammed Nadia
Naomi Nicolás Nina Noah Nora Oscar Otto Pablo Paula Pedro Petra Philip Rahul Ravi Renée Rosa Ruben Ruth Samir Sara Simon Sonia
Stefan Søren Tariq Teresa Theo Thomas Tobias Umar Vera Victor Walter Wanda Wei Yara Yusuf Zainab Zofia
""".split()

LAST = """
Abbott Adeyemi Aguilar Ahmed Albrecht Almeida Andersson Arnold Baker Banerjee Barros Bauer Becker Berg Bianchi Blake Boateng
Bondarenko Bose Brandt Brennan Brooks Byrne Cabrera Campbell Castillo Chambers Chandra Chowdhury Clarke Costa Cruz Czerny Dahl
Dalton Danso Davies Delgado Demir Diaz Dixon Dubois Duarte Ellis Endo Eriksen Espinoza Farah Fernández Ferreira Fletcher Fontaine
Foster Fraser Friedman Fuentes Gallagher García Gibson Gill Gomes Grant Greco Griffin Gupta Haas Haddad Hale Hansen Harper
Hashimoto Hayes Hernández Hoffmann Holm Horvat Hughes Hussain Ibarra Ito Ivanov Iyer Jansen Jensen Johansson Jones Joshi Kamara
Kaplan Kato Kaur Keller Khan Kim Klein Kovács Kowalski Krause Kumar Lambert Larsen Laurent Lehmann Lewis Lima Lindqvist Lopes Lund
Macdonald Maier Malik Mancini Marín Marsh Mbeki Meier Mendes Mensah Meyer Mitchell Morales Moreau Mori Moser Müller Mwangi
Nakamura Ndiaye Nguyen Nielsen Novotny Nowak Obi Okafor Oliveira Olsen Ortega Osei Otieno Owusu Palmer Papadopoulos Park Patel
Pavlov Pereira Peters Popescu Price Quinn Rahman Ramos Reyes Ricci Richter Rivera Robinson Romano Rossi Roy Ruiz Saito Salazar
Santos Sato Schmidt Schneider Schulz Serrano Shah Sharma Silva Singh Sokolov Solano Stein Stewart Suárez Suzuki Svensson Takahashi
Tanaka Taylor Tóth Torres Turner Vargas Vega Vogel Wagner Walsh Wang Watson Weber Wilson Winter Wolf Wood Wright Yamamoto Yılmaz
Young Zhang Zhou Zimmermann
""".split()

INITIALS = "ABCDEFGHJKLMNOPRSTVWYZ"
STRIDE = 15_461  # a prime that does not divide the product of the two lengths, so the walk below meets every pair once

PLAIN = str.maketrans({"ø": "o", "ı": "i", "’": "", "'": "", " ": ".", "-": "."})  # what does not decompose


def full(number: int) -> str:
    """The name of a person by number; after all pairs of names the next people have a middle initial, then two."""
    pairs = len(FIRST) * len(LAST)
    layer, place = divmod(number, pairs)
    first, last = divmod(place * STRIDE % pairs, len(LAST))
    return " ".join([FIRST[first], *_initials(layer), LAST[last]])


def email(name: str) -> str:
    """`first.last@example.com` in plain letters; empty before the @ where the name has none."""
    decomposed = unicodedata.normalize("NFD", name.lower().translate(PLAIN))
    local = "".join(letter for letter in decomposed if letter.isascii() and (letter.isalnum() or letter == "."))
    return f"{local.replace('..', '.')}@example.com"


def _initials(layer: int) -> list[str]:
    found = []
    while layer:
        layer, letter = divmod(layer - 1, len(INITIALS))
        found.append(f"{INITIALS[letter]}.")
    return found
