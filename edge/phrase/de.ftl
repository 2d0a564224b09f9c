# What staff read about clothes, in German. en.ftl explains the messages.
# .form: m, f, n oder p (Mehrzahl), .form-under: nach "unter einem", "unter einer".

## Nouns: garments

coat = Mantel
    .form = m
    .form-under = dm
jacket = Jacke
    .form = f
    .form-under = df
top = Oberteil
    .form = n
dress = Kleid
    .form = n
trousers = Hose
    .form = f
skirt = Rock
    .form = m
shorts = kurze Hose
    .form = f
shoes = Schuhe
    .form = p
bag = Tasche
    .form = f

## Nouns: parts of an outfit, where the garment is not known

upper = Oberteil
    .form = n
lower = Hose oder Rock
    .form = f
carried = Tasche
    .form = f
whole = Kleidung
    .form = f

## Endings of adjectives. They see the $form of the message that uses them.

ending = { $form ->
    [m] er
    [f] e
    [n] es
    [p] e
    [stem] { "" }
   *[other] en
}

## Colours

black = schwarz{ ending }
    .name = Schwarz
grey = grau{ ending }
    .name = Grau
white = weiß{ ending }
    .name = Weiß
brown = braun{ ending }
    .name = Braun
beige = beigefarben{ ending }
    .name = Beige
red = rot{ ending }
    .name = Rot
orange = orangefarben{ ending }
    .name = Orange
yellow = gelb{ ending }
    .name = Gelb
olive = olivgrün{ ending }
    .name = Olivgrün
green = grün{ ending }
    .name = Grün
teal = türkisfarben{ ending }
    .name = Türkis
blue = blau{ ending }
    .name = Blau
navy = dunkelblau{ ending }
    .name = Dunkelblau
purple = violett{ ending }
    .name = Violett
pink = rosafarben{ ending }
    .name = Rosa

light = hell{ $colour }
dark = dunkel{ $colour }
bright = leuchtend { $colour }
# $stem is the first colour without an ending: "rot-weißes Oberteil"
two-colours = { $stem }-{ $second }

## Patterns

plain = einfarbig{ ending }
striped = gestreift{ ending }
checked = kariert{ ending }
dotted = gepunktet{ ending }
busy = bedruckt{ ending }
graphic =
    .after = mit Bild
patterned = gemustert{ ending }

## Cuts

long = lang{ ending }
short = kurz{ ending }
wide = weit{ ending }
narrow = eng{ ending }
big = groß{ ending }
small = klein{ ending }

## Phrases

garment = { $cut } { $colour } { $pattern } { $noun } { $after }
under = { $thing } unter { $form ->
        [f] einer
       *[m] einem
    } { $outer }
all-in = ganz in { $colour }
over = { $upper } über { $lower }

bare-legs = nackte Beine
bare-shins = nackte Waden
covered-legs = bedeckte Beine
one-colour-covered = eine Farbe von Kopf bis Fuß
one-colour-bare = eine Farbe mit nackten Waden
no-outer = ohne Mantel
no-dress = ohne Kleid
no-bag = ohne Tasche
outfit = die ganze Kleidung
