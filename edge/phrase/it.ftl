# What staff read about clothes, in Italian. en.ftl explains the messages.
# .form: genere e numero del capo: ms, fs, mp, fp.

## Nouns: garments

coat = cappotto
    .form = ms
jacket = giacca
    .form = fs
top = maglia
    .form = fs
dress = vestito
    .form = ms
trousers = pantaloni
    .form = mp
skirt = gonna
    .form = fs
shorts = pantaloncini
    .form = mp
shoes = scarpe
    .form = fp
bag = borsa
    .form = fs

## Nouns: parts of an outfit, where the garment is not known

upper = parte di sopra
    .form = fs
lower = parte di sotto
    .form = fs
carried = borsa
    .form = fs
whole = completo
    .form = ms

## Colours

black = { $form ->
    [fs] nera
    [mp] neri
    [fp] nere
   *[ms] nero
}
grey = { $form ->
    [fs] grigia
    [mp] grigi
    [fp] grigie
   *[ms] grigio
}
white = { $form ->
    [fs] bianca
    [mp] bianchi
    [fp] bianche
   *[ms] bianco
}
brown = marrone
beige = beige
red = { $form ->
    [fs] rossa
    [mp] rossi
    [fp] rosse
   *[ms] rosso
}
orange = { $form ->
    [mp] arancioni
    [fp] arancioni
   *[ms] arancione
}
yellow = { $form ->
    [fs] gialla
    [mp] gialli
    [fp] gialle
   *[ms] giallo
}
olive = verde oliva
green = { $form ->
    [mp] verdi
    [fp] verdi
   *[ms] verde
}
teal = turchese
blue = blu
light-blue = { $form ->
    [fs] azzurra
    [mp] azzurri
    [fp] azzurre
   *[ms] azzurro
}
navy = blu navy
purple = viola
pink = rosa

# A colour with a tone does not agree: "scarpe verde scuro".
light = { $name } chiaro
dark = { $name } scuro
bright = { $name } acceso
two-colours = { $first } e { $second }

## Patterns

plain =
    .after = in tinta unita
striped =
    .after = a righe
checked =
    .after = a quadri
dotted =
    .after = a pois
busy = { $form ->
    [fs] stampata
    [mp] stampati
    [fp] stampate
   *[ms] stampato
}
graphic =
    .after = con un disegno
patterned =
    .after = a fantasia

## Cuts

long = { $form ->
    [fs] lunga
    [mp] lunghi
    [fp] lunghe
   *[ms] lungo
}
short = { $form ->
    [fs] corta
    [mp] corti
    [fp] corte
   *[ms] corto
}
wide = { $form ->
    [fs] larga
    [mp] larghi
    [fp] larghe
   *[ms] largo
}
narrow = { $form ->
    [fs] stretta
    [mp] stretti
    [fp] strette
   *[ms] stretto
}
big = { $form ->
    [mp] grandi
    [fp] grandi
   *[ms] grande
}
small = { $form ->
    [fs] piccola
    [mp] piccoli
    [fp] piccole
   *[ms] piccolo
}

## Phrases

garment = { $noun } { $cut } { $colour } { $pattern } { $after }
under = { $thing } sotto { $form ->
        [fs] una
       *[ms] un
    } { $outer }
all-in = in { $colour } dalla testa ai piedi
over = { $upper } su { $lower }

bare-legs = gambe nude
bare-shins = polpacci nudi
covered-legs = gambe coperte
one-colour-covered = un solo colore dalla testa ai piedi
one-colour-bare = un solo colore con polpacci nudi
no-outer = senza cappotto
no-dress = senza vestito
no-bag = senza borsa
outfit = l'insieme
