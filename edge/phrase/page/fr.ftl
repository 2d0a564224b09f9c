# Ce que dit la page du stand, en français. en.ftl explique les phrases.

## Every page

app = Exception Spotter
skip = Aller au contenu
pages = Pages
alerts = Alertes
cameras = Caméras
figures = Chiffres
trends = Tendances
help = Aide
settings = Appareil
no-picture = Aucune image de personne n'est jamais montrée, enregistrée ni envoyée.
starting = Le stand démarre.
moved-in = Se connecter
log-out = Se déconnecter
password = Mot de passe de ce site
wrong-password = Mot de passe incorrect.
too-many = Trop de mots de passe incorrects ; réessayez dans { $n } s.
no-answer = Aucune réponse du stand depuis { $n } s : ce que vous voyez n'est plus à jour. Le stand fonctionne-t-il ?
offline-title = Pas de connexion
offline = Cet appareil n'atteint pas le stand. Aucune alerte n'est montrée d'ici là : vérifiez le Wi-Fi, et que le stand est allumé.
try-again = Réessayer

## An alert: who

rare = 1 sur { $n }
rarer = plus rare que 1 sur { $n }
of-people = de { $n } personnes
range = entre 1 sur { $low } et 1 sur { $high }
seen-by = Vu par { $cameras }

## Where

place = { $place }, { $landmark }
third-left = tiers gauche de sa vue
third-centre = milieu de sa vue
third-right = tiers droit de sa vue
side-ahead = tout droit en sortant
side-ahead-right = devant à droite en sortant
side-right = à droite du stand en sortant
side-behind-right = derrière le stand, à droite en sortant
side-behind = derrière le stand
side-behind-left = derrière le stand, à gauche en sortant
side-left = à gauche du stand en sortant
side-ahead-left = devant à gauche en sortant
wind-0 = au nord du stand
wind-1 = au nord-est du stand
wind-2 = à l'est du stand
wind-3 = au sud-est du stand
wind-4 = au sud du stand
wind-5 = au sud-ouest du stand
wind-6 = à l'ouest du stand
wind-7 = au nord-ouest du stand
heading-toward = vient vers vous
heading-away = s'éloigne de vous
heading-left = marche vers votre gauche
heading-right = marche vers votre droite

## The map

where-to-look = Où regarder
map-out = Plan ; le haut est tout droit en sortant du stand. Chaque alerte dit aussi où regarder.
map-north = Plan, nord en haut. Chaque alerte dit aussi où regarder.
north = N
east = E
south = S
west = O
you = Vous
unplaced = Absentes du plan : { $cameras }. Indiquez leur direction sous « nodes » dans booth.yaml.
no-such-place = booth.yaml donne un lieu à { $cameras }, mais aucune caméra ne s'appelle ainsi : corrigez le nom.

## What to say

to-say = À dire
say = Vous sortez du lot aujourd'hui : puis-je vous dire pourquoi nous vous avons remarqué ?
say-offer = Vous sortez du lot aujourd'hui : puis-je vous dire pourquoi nous vous avons remarqué, et vous offrir { $offer } ?
asked-filming = « Vous me filmez ? »
filming = Non. Ici, les caméras ne regardent que les vêtements : couleurs, motifs, sortes de vêtements. Aucune image, aucun visage, aucun nom n'est gardé ni envoyé. Le chiffre de votre tenue est effacé après { $days ->
        [one] un jour
       *[other] { $days } jours
    }.
filming-who = Responsable des caméras : { $who }.
filming-contact = Questions et opposition : { $contact }.
other-languages = Dans d'autres langues
speak-en = Anglais
speak-es = Espagnol
speak-sv = Suédois
speak-fr = Français
speak-de = Allemand
speak-it = Italien

## What to do with an alert

claimed = J'y vais
claimed-why = je m'en occupe
greeted = Abordé
greeted-why = nous avons parlé
not_found = Introuvable
not_found-why = personne là-bas
not_unusual = Rien d'inhabituel
not_unusual-why = vêtements ordinaires
declined = Refus
declined-why = ne veut pas parler
undo = Annuler
state-open = ouverte
state-claimed = prise
state-greeted = abordé
state-not_found = introuvable
state-not_unusual = rien d'inhabituel
state-declined = refus
state-lapsed = personne n'y est allé à temps
state-withdrawn = retirée
by = { $state }, par { $who }
by-you = { $state }, par vous
seconds-left = Secondes restantes
looked-again = Revu plus longtemps : rien d'inhabituel finalement.
over = Terminé
nobody = Personne d'exceptionnel en ce moment
nobody-why = Une alerte apparaît ici d'elle-même.

## What is said aloud by a screen reader, once

new-alert = Nouvelle alerte : { $who }. { $where }. { $rare }.
withdrawn-alert = Retirée : { $who }.
claimed-alert = { $laptop } s'en occupe : { $who }.
sent = { $what } : envoyé.
not-sent = Le stand n'a pas répondu ; réessayez.
is-over = Cette alerte est terminée.
is-already = Cette alerte est déjà : { $state }.
too-late-to-undo = Il est trop tard pour annuler, ou un autre ordinateur l'a fait.
outcome-not-sent = Le résultat n'a pas été envoyé : { $why }
allowed-already = Les alertes de cette caméra sont déjà autorisées.

## Cameras

state-ok = bien
state-degraded = à soigner
state-failing = en panne
all-ok = Tout va bien.
frames-a-second = { $n } images par seconde
sightings = { $n ->
        [one] { $n } observation
       *[other] { $n } observations
    }
waiting = { $n } en attente
looks = regarde vers { $wind }
looks-0 = le nord
looks-1 = le nord-est
looks-2 = l'est
looks-3 = le sud-est
looks-4 = le sud
looks-5 = le sud-ouest
looks-6 = l'ouest
looks-7 = le nord-ouest
node-name = Nom dans les réglages : { $node }
allow = Autoriser les alertes de { $node }
no-camera = Aucune caméra ne s'est encore signalée.
problems = Problèmes

## Troubles of the booth

stale = Cette page n'a pas été mise à jour depuis { $n } s ; le stand fonctionne-t-il encore ?
no-broker = Le broker MQTT est injoignable ; mosquitto fonctionne-t-il ? Les caméras gardent leurs scores jusqu'à son retour.
not-stored = Les scores ne peuvent pas être enregistrés ; les caméras les gardent d'ici là : { $why }
broker-refused = { $n ->
        [one] Le broker a refusé { $n } requête du stand ; voyez le journal.
       *[other] Le broker a refusé { $n } requêtes du stand ; voyez le journal.
    }
missing = Indisponible : { $what } ({ $why }). Le reste continue ; voyez le journal, et signalez-le si cela dure.
it-failed = en échec
lost = { $n ->
        [one] { $node } a perdu { $n } observation : sa file était pleine, le stand ayant été absent trop longtemps.
       *[other] { $node } a perdu { $n } observations : sa file était pleine, le stand ayant été absent trop longtemps.
    }
refused = { $n ->
        [one] { $n } message refusé ({ $reason }) : { $why }
       *[other] { $n } messages refusés ({ $reason }) : { $why }
    }
refused-schema = le format ne convient pas ; nœud et stand ont-ils la même version ?
refused-version = nœud et stand ont des versions de messages différentes ; mettez à jour le plus ancien.
refused-topic = ils venaient d'un autre site ; vérifiez `site` dans node.yaml.
refused-too_large = ils étaient trop grands pour nos nœuds ; qui d'autre publie sur ce broker ?
refused-not_json = ce n'était pas du JSON valide ; qui d'autre publie sur ce broker ?
refused-sender = le nœud nommé dedans n'est pas celui du sujet ; vérifiez `node` dans node.yaml.
refused-retained = les scores ne doivent jamais être conservés par le broker ; qui d'autre y publie ?
refused-baseline = les comptages d'un nœud sont illisibles ; son logiciel est-il plus récent que celui du stand ?
refused-epochs = un nœud a commencé trop de files ; provisionnez-le sous un nouveau nom.
refused-window = les comptages d'un nœud sont d'un autre temps ; vérifiez son horloge.
refused-revoked = un nœud au certificat révoqué envoie encore ; redémarrez le broker.
refused-sealed = les scores scellés d'un nœud ne s'ouvrent pas ; outbox_key et son outbox.pub sont-ils de ce site ?
refused-too_many_nodes = il y avait trop de nœuds ; qui d'autre publie sur ce broker ?
refused-other = voyez le journal.

## Figures

sightings-an-hour = Observations par heure
alerts-an-hour = Alertes par heure
alerts-of = { $n } sur { $most } qu'on peut aborder
alerts-most = on peut en aborder { $most }
alerts-from = Alerte à partir de
left-to-give = Reste à offrir
outcomes = Issues des alertes
outcome-count = { $n } { $state }
precision = Inhabituels, parmi les trouvés
greet-time = De l'observation à la rencontre
greet-seconds = { $n } s en moyenne
since-start = Depuis le démarrage du stand
alerts-delivered = Alertes reçues par un ordinateur
too-late = Observations trop tardives pour une alerte
not-visible = Rares, mais par rien qui se voie de loin
alerts-expired = Alertes que personne n'a prises
number = { $n }
share = { $n } %
share-range = { $n } % ({ $low }–{ $high })

## Trends

trend-what = Quoi
trend-now = Maintenant
trend-usual = D'habitude
trend-sightings = Observations
trend-verdict = Changement
no-trends = Encore trop peu d'observations pour dire ce qui a changé.

## Settings of this device

this-device = Cet appareil
laptop = Nom de cet ordinateur
laptop-rule = 3 à 32 lettres minuscules, chiffres, traits d'union
rename = Renommer
bad-name = Le nom d'un ordinateur a 3 à 32 lettres minuscules, chiffres et traits d'union.
language = Langue
language-auto = celle du navigateur
change = Changer
sound = Son
sound-on = Activer le son
sound-off = Couper le son
sound-tap = Le son est activé : touchez une fois pour l'entendre
volume = Volume
try-new = Écouter une nouvelle alerte
try-withdrawn = Écouter une alerte retirée
awake = Garder l'écran allumé tant que cette page est ouverte
awake-not = Ce navigateur ne peut pas garder l'écran allumé.
push = Notifications
push-on = Notifier cet appareil
push-off = Ne plus notifier cet appareil
push-cameras = Il signale qu'une caméra est en panne.
push-alerts = Il signale les caméras en panne et les alertes, en mots ; la notification expire avec l'alerte.
push-not = Le stand n'a pas de Web Push ; voyez « notify » dans booth.yaml.
push-unable = Ce navigateur ne peut pas recevoir de notifications ici. Sur un iPhone, ajoutez d'abord la page à l'écran d'accueil.
push-denied = Ce navigateur interdit les notifications de cette page ; autorisez-les dans ses réglages.
push-done = Les notifications sont activées.
push-stopped = Les notifications sont coupées.
push-refused = Ce n'est pas l'adresse d'un service connu ; voyez « notify.push_services » dans booth.yaml.
install = Installer : dans le menu du navigateur, « Ajouter à l'écran d'accueil » ou « Installer l'application ».

## Notifications, in words only

push-camera-title = { $place } : caméra en panne
push-camera-well = { $place } : la caméra va de nouveau bien

## Help

help-flow = Que faire d'une alerte
help-flow-1 = Lisez qui et où. Appuyez sur « { $claim } », pour que les autres voient que vous y allez.
help-flow-2 = Allez-y. La silhouette montre les vêtements ; ce qui est entouré est inhabituel.
help-flow-3 = Dites la phrase affichée. Personne n'est obligé de vous parler.
help-flow-4 = Indiquez comment cela s'est terminé. Vous avez dix secondes pour annuler.
help-outcomes = Comment cela peut finir
help-rare = Ce que veut dire « { $rare } »
help-rare-text = Sur autant de personnes qui passent ici, une environ porte quelque chose d'aussi inhabituel. Cela ne dit rien de la personne.
help-keys = Touches
help-key-select = choisir une alerte
help-trust = Est-ce sûr ?
help-trust-text = Couleurs et vêtements sont tels qu'une caméra les a vus ; lumière et distance les changent. Si personne ne correspond, appuyez sur « { $not_found } ».
help-privacy = Ce qui est promis aux passants
week = Cette semaine, et ce que portaient les exceptions
under = moins de { $share }

## The week, on its page and on a sheet to forward

week-sites = Les exceptions et tout le monde, site par site
week-too-few = Encore trop peu d'observations pour dire ce qui s'est distingué cette semaine.
sheet-label = Parts avec intervalles à 95 % ; le tableau ci-dessous dit la même chose
sheet-bars = Les barres sont des intervalles à 95 %, valables pour toute valeur des nombres inférieurs à 5, jamais conservés.
sheet-colours = En couleur : sûr, après la correction de Holm pour le nombre de lignes. Gris : peut être le hasard.
sheet-files = { $report } en fait une page à transmettre, { $csv } des données.
as-table = En tableau
site = Site
when = Quand
who = Qui
share-95 = Part (95 %)
compared-with = Comparé à
since = depuis le { $day }
week-of = semaine du { $day }
everybody = tout le monde
people-alerted = personnes signalées
stood-out = Ce qui s'est distingué : { $sites }
from-to = { $first } – { $last }
sheet-exceptions = Les exceptions : ce qui était porté plus que par hasard ; trait : tous
nothing-exceptional = Encore rien de plus que le hasard.
nobody-yet = { $site } : encore personne
week-alerted = { $site }, semaine du { $day } : { $n } signalées
by-week = Semaine par semaine : part des personnes signalées
everybody-usual = Tout le monde, par rapport aux mêmes heures avant et à leur tendance (trait)
everybody-last-week = Tout le monde, par rapport aux mêmes jours une semaine avant (trait)
everybody-baseline = Tout le monde, par rapport aux semaines de la référence figée (trait)
nothing-changed = Rien n'a changé de façon sûre.
verdict-more = plus que d'habitude
verdict-less = moins que d'habitude
verdict-usual = comme d'habitude
verdict-more-chance = plus que le hasard
verdict-chance = comme par hasard
verdict-too-few = trop peu
day = { $day } { $month }
month-1 = janv.
month-2 = févr.
month-3 = mars
month-4 = avr.
month-5 = mai
month-6 = juin
month-7 = juil.
month-8 = août
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = déc.
