# What staff read about clothes, in French. en.ftl explains the messages.
# .form : genre et nombre du vêtement : ms, fs, mp, fp.

## Nouns: garments

coat = manteau
    .form = ms
jacket = veste
    .form = fs
top = haut
    .form = ms
dress = robe
    .form = fs
trousers = pantalon
    .form = ms
skirt = jupe
    .form = fs
shorts = short
    .form = ms
shoes = chaussures
    .form = fp
bag = sac
    .form = ms

## Nouns: parts of an outfit, where the garment is not known

upper = haut
    .form = ms
lower = bas
    .form = ms
carried = sac
    .form = ms
whole = tenue
    .form = fs

## Colours

black = { $form ->
    [fs] noire
    [mp] noirs
    [fp] noires
   *[ms] noir
}
grey = { $form ->
    [fs] grise
    [mp] gris
    [fp] grises
   *[ms] gris
}
white = { $form ->
    [fs] blanche
    [mp] blancs
    [fp] blanches
   *[ms] blanc
}
brown = marron
beige = { $form ->
    [mp] beiges
    [fp] beiges
   *[ms] beige
}
red = { $form ->
    [mp] rouges
    [fp] rouges
   *[ms] rouge
}
orange = orange
yellow = { $form ->
    [mp] jaunes
    [fp] jaunes
   *[ms] jaune
}
olive = vert olive
green = { $form ->
    [fs] verte
    [mp] verts
    [fp] vertes
   *[ms] vert
}
teal = turquoise
blue = { $form ->
    [fs] bleue
    [mp] bleus
    [fp] bleues
   *[ms] bleu
}
navy = bleu marine
purple = { $form ->
    [fs] violette
    [mp] violets
    [fp] violettes
   *[ms] violet
}
pink = { $form ->
    [mp] roses
    [fp] roses
   *[ms] rose
}

# A colour with a tone does not agree: "chaussures vert foncé".
light = { $name } clair
dark = { $name } foncé
bright = { $name } vif
two-colours = { $first } et { $second }

## Patterns

plain = { $form ->
    [fs] unie
    [mp] unis
    [fp] unies
   *[ms] uni
}
striped =
    .after = à rayures
checked =
    .after = à carreaux
dotted =
    .after = à pois
busy = { $form ->
    [fs] imprimée
    [mp] imprimés
    [fp] imprimées
   *[ms] imprimé
}
graphic =
    .after = avec un dessin
patterned =
    .after = à motifs

## Cuts

long = { $form ->
    [fs] longue
    [mp] longs
    [fp] longues
   *[ms] long
}
short = { $form ->
    [fs] courte
    [mp] courts
    [fp] courtes
   *[ms] court
}
wide = { $form ->
    [mp] larges
    [fp] larges
   *[ms] large
}
narrow = { $form ->
    [fs] étroite
    [mp] étroits
    [fp] étroites
   *[ms] étroit
}
big = { $form ->
    [fs] grande
    [mp] grands
    [fp] grandes
   *[ms] grand
}
small = { $form ->
    [fs] petite
    [mp] petits
    [fp] petites
   *[ms] petit
}

# "grand" and "petit" come before the noun, the other cuts after it: $cutkey says which cut it is.
garment = { $cutkey ->
    [big] { $cut } { $noun } { $colour } { $pattern } { $after }
    [small] { $cut } { $noun } { $colour } { $pattern } { $after }
   *[other] { $noun } { $cut } { $colour } { $pattern } { $after }
}
under = { $thing } sous { $form ->
        [fs] une
       *[ms] un
    } { $outer }
all-in = en { $colour } de la tête aux pieds
over = { $upper } sur { $lower }

bare-legs = jambes nues
bare-shins = mollets nus
covered-legs = jambes couvertes
one-colour-covered = une seule couleur de la tête aux pieds
one-colour-bare = une seule couleur avec mollets nus
no-outer = sans manteau
no-dress = sans robe
no-bag = sans sac
outfit = toute la tenue
