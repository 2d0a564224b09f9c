# Vad som står på båsets sida, på svenska. en.ftl förklarar meningarna.

## Every page

app = Exception Spotter
skip = Hoppa till innehållet
pages = Sidor
alerts = Larm
cameras = Kameror
figures = Siffror
trends = Trender
help = Hjälp
settings = Enhet
no-picture = Ingen bild av någon visas, sparas eller skickas någonsin.
starting = Båset startar.
moved-in = Logga in
log-out = Logga ut
password = Platsens lösenord
wrong-password = Fel lösenord.
too-many = För många fel lösenord; försök igen om { $n } s.
no-answer = Inget svar från båset på { $n } s: det du ser är inaktuellt. Är båset igång?
offline-title = Ingen anslutning
offline = Enheten når inte båset. Inga larm visas förrän den gör det: kontrollera wifi, och att båset är på.
try-again = Försök igen

## An alert: who

rare = 1 på { $n }
rarer = ovanligare än 1 på { $n }
of-people = av { $n } personer
range = mellan 1 på { $low } och 1 på { $high }
seen-by = Sedd av { $cameras }

## Where

place = { $place }, { $landmark }
third-left = vänstra tredjedelen av bilden
third-centre = mitten av bilden
third-right = högra tredjedelen av bilden
side-ahead = rakt fram när du kliver ut
side-ahead-right = framåt höger när du kliver ut
side-right = till höger om båset när du kliver ut
side-behind-right = bakom båset till höger när du kliver ut
side-behind = bakom båset
side-behind-left = bakom båset till vänster när du kliver ut
side-left = till vänster om båset när du kliver ut
side-ahead-left = framåt vänster när du kliver ut
wind-0 = norr om båset
wind-1 = nordost om båset
wind-2 = öster om båset
wind-3 = sydost om båset
wind-4 = söder om båset
wind-5 = sydväst om båset
wind-6 = väster om båset
wind-7 = nordväst om båset
heading-toward = kommer mot dig
heading-away = går bort från dig
heading-left = går åt vänster
heading-right = går åt höger

## The map

where-to-look = Vart du ska titta
map-out = Karta; uppåt är rakt fram när du kliver ut ur båset. Varje larm säger också vart du ska titta.
map-north = Karta, norr uppåt. Varje larm säger också vart du ska titta.
north = N
east = Ö
south = S
west = V
you = Du
unplaced = Inte på kartan: { $cameras }. Ange deras riktning under ”nodes” i booth.yaml.
no-such-place = booth.yaml anger en plats för { $cameras }, men så heter ingen kamera här: rätta namnet.

## What to say

to-say = Säg
say = Du sticker ut i dag: får jag berätta varför vi lade märke till dig?
say-offer = Du sticker ut i dag: får jag berätta varför vi lade märke till dig, och bjuda dig på { $offer }?
asked-filming = ”Filmar ni mig?”
filming = Nej. Kamerorna här ser bara på kläder: färger, mönster och plagg. Ingen bild, inget ansikte och inget namn sparas eller skickas. Siffran för din klädsel raderas efter { $days ->
        [one] en dag
       *[other] { $days } dagar
    }.
filming-who = Kamerorna drivs av { $who }.
filming-contact = Frågor och invändningar: { $contact }.
other-languages = På andra språk
speak-en = Engelska
speak-es = Spanska
speak-sv = Svenska
speak-fr = Franska
speak-de = Tyska
speak-it = Italienska

## What to do with an alert

claimed = Ta
claimed-why = jag går dit
greeted = Hälsade
greeted-why = vi pratade
not_found = Hittades inte
not_found-why = ingen där
not_unusual = Inte ovanlig
not_unusual-why = vanliga kläder
declined = Avböjde
declined-why = vill inte prata
undo = Ångra
state-open = öppet
state-claimed = taget
state-greeted = hälsade
state-not_found = hittades inte
state-not_unusual = inte ovanlig
state-declined = avböjde
state-lapsed = ingen hann gå
state-withdrawn = återkallat
by = { $state }, av { $who }
by-you = { $state }, av dig
seconds-left = Sekunder kvar
looked-again = Sedd en längre stund, och inte ovanlig trots allt.
over = Över
nobody = Ingen ovanlig just nu
nobody-why = Ett larm visas här av sig självt.

## What is said aloud by a screen reader, once

new-alert = Nytt larm: { $who }. { $where }. { $rare }.
withdrawn-alert = Återkallat: { $who }.
claimed-alert = { $laptop } har tagit: { $who }.
sent = { $what }: skickat.
not-sent = Båset svarade inte; försök igen.
is-over = Det här larmet är över.
is-already = Det här larmet är redan { $state }.
too-late-to-undo = Det är för sent att ångra, eller en annan dator gjorde det.
outcome-not-sent = Utfallet skickades inte: { $why }
allowed-already = Kamerans larm är redan tillåtna.

## Cameras

state-ok = bra
state-degraded = behöver tillsyn
state-failing = trasig
all-ok = Allt är bra.
frames-a-second = { $n } bilder i sekunden
sightings = { $n ->
        [one] { $n } iakttagelse
       *[other] { $n } iakttagelser
    }
waiting = { $n } väntar
looks = tittar åt { $wind }
looks-0 = norr
looks-1 = nordost
looks-2 = öster
looks-3 = sydost
looks-4 = söder
looks-5 = sydväst
looks-6 = väster
looks-7 = nordväst
node-name = Namn i inställningarna: { $node }
allow = Tillåt larm från { $node }
no-camera = Ingen kamera har hört av sig än.
problems = Problem

## Troubles of the booth

stale = Sidan har inte uppdaterats på { $n } s; är båset fortfarande igång?
no-broker = MQTT-brokern nås inte; är mosquitto igång? Kamerorna behåller sina värden tills den är tillbaka.
not-stored = Värden kan inte sparas; kamerorna behåller dem så länge: { $why }
broker-refused = { $n ->
        [one] Brokern avvisade { $n } begäran från båset; se loggen.
       *[other] Brokern avvisade { $n } begäranden från båset; se loggen.
    }
missing = Finns inte: { $what } ({ $why }). Resten fortsätter; se loggen, och anmäl det om det består.
it-failed = det misslyckades
lost = { $n ->
        [one] { $node } tappade { $n } iakttagelse: utkorgen var full då båset var borta för länge.
       *[other] { $node } tappade { $n } iakttagelser: utkorgen var full då båset var borta för länge.
    }
refused = { $n ->
        [one] Avvisade { $n } meddelande ({ $reason }): { $why }
       *[other] Avvisade { $n } meddelanden ({ $reason }): { $why }
    }
refused-schema = de har inte rätt format; har nod och bås samma version?
refused-version = nod och bås har olika versioner av meddelandena; uppdatera den äldre.
refused-topic = de kom under en annan plats namn; kontrollera `site` i node.yaml.
refused-too_large = de var för stora för våra noder; vad mer skickar till brokern?
refused-not_json = de var inte giltig JSON; vad mer skickar till brokern?
refused-sender = noden inuti är inte den i ämnet; kontrollera `node` i node.yaml.
refused-retained = värden får aldrig hållas kvar; vad mer skickar till brokern?
refused-baseline = en nods räkningar kunde inte läsas; är dess program nyare än båsets?
refused-epochs = en nod började för många utkorgar; förbered den under ett nytt namn.
refused-window = en nods räkningar är från en annan tid; kontrollera dess klocka.
refused-revoked = en nod med återkallat certifikat skickar ännu; starta om brokern.
refused-sealed = en nods förseglade värden kan inte öppnas; hör outbox_key och nodens outbox.pub till den här platsen?
refused-too_many_nodes = det var för många noder; vad mer skickar till brokern?
refused-other = se loggen.

## Figures

sightings-an-hour = Observationer per timme
alerts-an-hour = Larm i timmen
alerts-of = { $n } av { $most } som hinner hälsas
alerts-most = { $most } hinner hälsas
alerts-from = Larm från
left-to-give = Kvar att dela ut
outcomes = Hur larm slutade
outcome-count = { $n } { $state }
precision = Ovanliga, av de funna
greet-time = Från iakttagelse till hälsning
greet-seconds = { $n } s i snitt
since-start = Sedan båset startade
alerts-delivered = Larm som nådde en dator
too-late = Iakttagelser för sena för larm
not-visible = Ovanliga, men inget som syns på håll
alerts-expired = Larm som ingen tog
number = { $n }
share = { $n } %
share-range = { $n } % ({ $low }–{ $high })

## Trends

trend-what = Vad
trend-now = Nu
trend-usual = Annars
trend-sightings = Iakttagelser
trend-verdict = Ändring
no-trends = Ännu för få iakttagelser för att säga vad som har ändrats.

## Settings of this device

this-device = Den här enheten
laptop = Datorns namn
laptop-rule = 3 till 32 små bokstäver, siffror, bindestreck
rename = Byt namn
bad-name = Datorns namn har 3 till 32 små bokstäver, siffror och bindestreck.
language = Språk
language-auto = som webbläsaren
change = Ändra
sound = Ljud
sound-on = Slå på ljudet
sound-off = Stäng av ljudet
sound-tap = Ljudet är på: tryck en gång så hörs det
volume = Volym
try-new = Spela ett nytt larm
try-withdrawn = Spela ett återkallat larm
awake = Håll skärmen tänd medan sidan är öppen
awake-not = Webbläsaren kan inte hålla skärmen tänd.
push = Aviseringar
push-on = Avisera den här enheten
push-off = Sluta avisera den här enheten
push-cameras = Den säger till när en kamera är trasig.
push-alerts = Den säger till om trasiga kameror och om larm, i ord; larmets avisering försvinner med larmet.
push-not = Båset har ingen Web Push; se ”notify” i booth.yaml.
push-unable = Webbläsaren kan inte ta emot aviseringar här. På en iPhone, lägg först sidan på hemskärmen.
push-denied = Webbläsaren förbjuder sidans aviseringar; tillåt dem i dess inställningar.
push-done = Aviseringar är på.
push-stopped = Aviseringar är av.
push-refused = Det är ingen adress till en känd tjänst; se ”notify.push_services” i booth.yaml.
install = Installera: i webbläsarens meny, ”Lägg till på hemskärmen” eller ”Installera app”.

## Notifications, in words only

push-camera-title = { $place }: kameran är trasig
push-camera-well = { $place }: kameran är bra igen

## Help

help-flow = Vad du gör med ett larm
help-flow-1 = Läs vem och var. Tryck ”{ $claim }”, så att andra ser att du går.
help-flow-2 = Gå dit. Figuren visar kläderna; inringat är det som är ovanligt.
help-flow-3 = Säg meningen på sidan. Ingen måste prata med dig.
help-flow-4 = Tryck hur det slutade. I tio sekunder kan du ångra.
help-outcomes = Hur det kan sluta
help-rare = Vad ”{ $rare }” betyder
help-rare-text = Av så många som går förbi här bär ungefär en något så ovanligt. Det säger inget om personen.
help-keys = Tangenter
help-key-select = välj ett larm
help-trust = Hur säkert det är
help-trust-text = Färger och plagg är som en kamera såg dem; ljus och avstånd ändrar dem. Passar ingen, tryck ”{ $not_found }”.
help-privacy = Vad förbipasserande utlovas
week = Den här veckan, och vad undantagen bar
under = under { $share }

## The week, on its page and on a sheet to forward

week-sites = Undantag och alla, plats för plats
week-too-few = Ännu för få observationer för att säga vad som stack ut den här veckan.
sheet-label = Andelar med 95 %-intervall; tabellen nedanför säger detsamma
sheet-bars = Staplar är 95 %-intervall som gäller för varje värde på antal under 5, som aldrig sparas.
sheet-colours = I färg: säkert, efter Holms korrigering för antalet rader. Grått: kan vara slump.
sheet-files = { $report } gör detta till en sida att skicka vidare, { $csv } till data.
as-table = Som tabell
site = Plats
when = När
who = Vem
share-95 = Andel (95 %)
compared-with = Jämfört med
since = sedan { $day }
week-of = veckan från { $day }
everybody = alla
people-alerted = personer med larm
stood-out = Vad som stack ut: { $sites }
from-to = { $first } till { $last }
sheet-exceptions = Undantagen: vad personer med larm bar oftare än av en slump; streck: alla
nothing-exceptional = Ännu inget som är mer än slump.
nobody-yet = { $site }: ännu ingen
week-alerted = { $site }, veckan från { $day }: { $n } med larm
by-week = Vecka för vecka: andel av personerna med larm
everybody-usual = Alla, jämfört med samma timmar tidigare och deras trend (streck)
everybody-last-week = Alla, jämfört med samma dagar en vecka tidigare (streck)
everybody-baseline = Alla, jämfört med veckorna för den frysta jämförelsen (streck)
nothing-changed = Inget har säkert förändrats.
verdict-more = mer än vanligt
verdict-less = mindre än vanligt
verdict-usual = som vanligt
verdict-more-chance = mer än slump
verdict-chance = som av en slump
verdict-too-few = för få
day = { $day } { $month }
month-1 = jan.
month-2 = feb.
month-3 = mars
month-4 = apr.
month-5 = maj
month-6 = juni
month-7 = juli
month-8 = aug.
month-9 = sep.
month-10 = okt.
month-11 = nov.
month-12 = dec.
