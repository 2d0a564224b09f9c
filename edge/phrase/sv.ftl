# What staff read about clothes, in Swedish. en.ftl explains the messages.
# .form: en, ett eller fl (flertal).

## Nouns: garments

coat = kappa
    .form = en
jacket = jacka
    .form = en
top = överdel
    .form = en
dress = klänning
    .form = en
trousers = byxor
    .form = fl
skirt = kjol
    .form = en
shorts = shorts
    .form = fl
shoes = skor
    .form = fl
bag = väska
    .form = en

## Nouns: parts of an outfit, where the garment is not known

upper = överdel
    .form = en
lower = underdel
    .form = en
carried = väska
    .form = en
whole = klädsel
    .form = en

## Endings of adjectives. They see the $form of the message that uses them; a colour's own name is that of "ett".

ending = { $form ->
    [fl] a
    [en] { "" }
   *[ett] t
}

## Colours

black = svart{ $form ->
    [fl] a
   *[en] { "" }
}
grey = { $form ->
    [fl] grå
    [en] grå
   *[ett] grått
}
white = { $form ->
    [fl] vita
    [en] vit
   *[ett] vitt
}
brown = brun{ ending }
beige = beige
red = { $form ->
    [fl] röda
    [en] röd
   *[ett] rött
}
orange = orange
yellow = gul{ ending }
olive = olivgrön{ ending }
green = grön{ ending }
teal = turkos{ ending }
blue = { $form ->
    [fl] blå
    [en] blå
   *[ett] blått
}
navy = marinblå{ $form ->
    [fl] { "" }
    [en] { "" }
   *[ett] tt
}
purple = lila
pink = rosa

light = ljus{ $colour }
dark = mörk{ $colour }
bright = klar{ $colour }
two-colours = { $first } och { $second }

## Patterns

plain = enfärgad{ $form ->
    [fl] e
   *[en] { "" }
}
striped = randig{ ending }
checked = rutig{ ending }
dotted = prickig{ ending }
busy = tryckmönstrad{ $form ->
    [fl] e
   *[en] { "" }
}
graphic =
    .after = med bild
patterned = mönstrad{ $form ->
    [fl] e
   *[en] { "" }
}

## Cuts

long = lång{ ending }
short = { $form ->
    [fl] korta
   *[en] kort
}
wide = { $form ->
    [fl] vida
    [en] vid
   *[ett] vitt
}
narrow = smal{ ending }
big = stor{ ending }
small = { $form ->
    [fl] små
    [en] liten
   *[ett] litet
}

## Phrases

garment = { $cut } { $colour } { $pattern } { $noun } { $after }
under = { $thing } under { $form ->
        [ett] ett
       *[en] en
    } { $outer }
all-in = helt i { $colour }
over = { $upper } över { $lower }

bare-legs = bara ben
bare-shins = bara vader
covered-legs = täckta ben
one-colour-covered = en färg från topp till tå
one-colour-bare = en färg med bara vader
no-outer = utan kappa
no-dress = utan klänning
no-bag = utan väska
outfit = hela klädseln
