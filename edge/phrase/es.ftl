# What staff read about clothes, in Spanish. en.ftl explains the messages.
# .form: género y número de la prenda: ms, fs, mp, fp.

## Nouns: garments

coat = abrigo
    .form = ms
jacket = chaqueta
    .form = fs
top = parte de arriba
    .form = fs
dress = vestido
    .form = ms
trousers = pantalón
    .form = ms
skirt = falda
    .form = fs
shorts = pantalón corto
    .form = ms
shoes = zapatos
    .form = mp
bag = bolso
    .form = ms

## Nouns: parts of an outfit, where the garment is not known

upper = parte de arriba
    .form = fs
lower = parte de abajo
    .form = fs
carried = bolso
    .form = ms
whole = conjunto
    .form = ms

## Colours

black = { $form ->
    [fs] negra
    [mp] negros
    [fp] negras
   *[ms] negro
}
grey = { $form ->
    [mp] grises
    [fp] grises
   *[ms] gris
}
white = { $form ->
    [fs] blanca
    [mp] blancos
    [fp] blancas
   *[ms] blanco
}
brown = { $form ->
    [mp] marrones
    [fp] marrones
   *[ms] marrón
}
beige = beige
red = { $form ->
    [fs] roja
    [mp] rojos
    [fp] rojas
   *[ms] rojo
}
orange = naranja
yellow = { $form ->
    [fs] amarilla
    [mp] amarillos
    [fp] amarillas
   *[ms] amarillo
}
olive = verde oliva
green = { $form ->
    [mp] verdes
    [fp] verdes
   *[ms] verde
}
teal = turquesa
blue = { $form ->
    [mp] azules
    [fp] azules
   *[ms] azul
}
navy = azul marino
purple = { $form ->
    [fs] morada
    [mp] morados
    [fp] moradas
   *[ms] morado
}
pink = rosa

# A colour with a tone does not agree: "zapatos verde oscuro".
light = { $name } claro
dark = { $name } oscuro
bright = { $name } vivo
two-colours = { $first } y { $second }

## Patterns

plain =
    .after = de un solo color
striped =
    .after = a rayas
checked =
    .after = a cuadros
dotted =
    .after = de lunares
busy = { $form ->
    [fs] estampada
    [mp] estampados
    [fp] estampadas
   *[ms] estampado
}
graphic =
    .after = con un dibujo
patterned =
    .after = con motivos

## Cuts

long = { $form ->
    [fs] larga
    [mp] largos
    [fp] largas
   *[ms] largo
}
short = { $form ->
    [fs] corta
    [mp] cortos
    [fp] cortas
   *[ms] corto
}
wide = { $form ->
    [fs] ancha
    [mp] anchos
    [fp] anchas
   *[ms] ancho
}
narrow = { $form ->
    [fs] estrecha
    [mp] estrechos
    [fp] estrechas
   *[ms] estrecho
}
big = { $form ->
    [mp] grandes
    [fp] grandes
   *[ms] grande
}
small = { $form ->
    [fs] pequeña
    [mp] pequeños
    [fp] pequeñas
   *[ms] pequeño
}

## Phrases

garment = { $noun } { $cut } { $colour } { $pattern } { $after }
under = { $thing } bajo { $form ->
        [fs] una
       *[ms] un
    } { $outer }
all-in = de { $colour } de pies a cabeza
over = { $upper } sobre { $lower }

bare-legs = piernas desnudas
bare-shins = pantorrillas desnudas
covered-legs = piernas cubiertas
one-colour-covered = un solo color de pies a cabeza
one-colour-bare = un solo color con pantorrillas desnudas
no-outer = sin abrigo
no-dress = sin vestido
no-bag = sin bolso
outfit = el conjunto entero
