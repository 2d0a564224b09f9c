# What staff read about clothes, in English. One file per language; Fluent syntax (https://projectfluent.org).
#
# To add a language: copy this file to CODE.ftl, translate what is right of each "=", and add the code to LANGUAGES in
# table.py; the tests then say what is missing. Each noun has a .form, any word you choose. Colours, patterns and cuts
# get it as $form, so that they can agree with the noun (see es.ftl, de.ftl). Without agreement, ignore it.

## Nouns: garments

coat = coat
    .form = one
jacket = jacket
    .form = one
top = top
    .form = one
dress = dress
    .form = one
trousers = trousers
    .form = many
skirt = skirt
    .form = one
shorts = shorts
    .form = many
shoes = shoes
    .form = many
bag = bag
    .form = one

## Nouns: parts of an outfit, where the garment is not known

upper = top or coat
    .form = one
lower = trousers or skirt
    .form = one
carried = bag
    .form = one
whole = outfit
    .form = one

## Colours. Add .name where the colour itself is called differently ("all in red", "red over green").

black = black
grey = grey
white = white
brown = brown
beige = beige
red = red
orange = orange
yellow = yellow
olive = olive
green = green
teal = teal
blue = blue
navy = navy
purple = purple
pink = pink

# $colour agrees with the noun; $name is the colour's own name. Where a language has a word of its own for such a
# colour, add a message for it, for example light-blue (see it.ftl).
light = light { $colour }
dark = dark { $colour }
bright = bright { $colour }
# $stem is the first colour in the form "stem", which you may use in colours (see de.ftl).
two-colours = { $first } and { $second }

## Patterns. The value takes the place of $pattern in the message "garment", .after that of $after; either may be missing.

plain = plain
striped = striped
checked = checked
dotted = dotted
busy = printed
graphic =
    .after = with a picture
patterned = patterned

## Cuts

long = long
short = short
wide = wide
narrow = narrow
big = big
small = small

## Phrases

# A garment: $noun with what is known of it; the others may be empty. $cutkey is the cut as it is called here, if the
# order depends on it (see fr.ftl). "long red checked coat", "white top with a picture"
garment = { $cut } { $colour } { $pattern } { $noun } { $after }
# $thing and $outer are garments as above, $form is that of $outer, $initial its first letter.
# "checked top under a grey coat"
under = { $thing } under { $initial ->
        [a] an
        [e] an
        [i] an
        [o] an
        [u] an
       *[other] a
    } { $outer }
# $colour is the name of a colour. "all in yellow"
all-in = all in { $colour }
# $upper and $lower are names of colours. "red over green"
over = { $upper } over { $lower }

bare-legs = bare legs
bare-shins = bare calves
covered-legs = covered legs
one-colour-covered = one colour from top to toe
one-colour-bare = one colour with bare calves
no-outer = no coat
no-dress = no dress
no-bag = no bag
# Nothing is known but that the outfit is unusual.
outfit = the whole outfit
