# Ciò che dice la pagina del banco, in italiano. en.ftl spiega le frasi.

## Every page

app = Exception Spotter
skip = Vai al contenuto
pages = Pagine
alerts = Avvisi
cameras = Telecamere
figures = Cifre
trends = Tendenze
help = Aiuto
settings = Opzioni
no-picture = Nessuna immagine di nessuno è mai mostrata, salvata o inviata.
starting = Il banco si sta avviando.
moved-in = Entra
log-out = Esci
password = Password di questo sito
wrong-password = Password errata.
too-many = Troppe password errate; riprovi fra { $n } s.
no-answer = Nessuna risposta dal banco da { $n } s: ciò che vede non è aggiornato. Il banco è in funzione?
offline-title = Nessun collegamento
offline = Questo dispositivo non raggiunge il banco. Fino ad allora non si mostrano avvisi: controlli il Wi-Fi, e che il banco sia acceso.
try-again = Riprova

## An alert: who

rare = 1 su { $n }
rarer = più raro di 1 su { $n }
of-people = di { $n } persone
range = fra 1 su { $low } e 1 su { $high }
seen-by = Visto da { $cameras }

## Where

place = { $place }, { $landmark }
third-left = terzo sinistro della vista
third-centre = centro della vista
third-right = terzo destro della vista
side-ahead = dritto davanti uscendo
side-ahead-right = davanti a destra uscendo
side-right = a destra del banco uscendo
side-behind-right = dietro il banco, a destra uscendo
side-behind = dietro il banco
side-behind-left = dietro il banco, a sinistra uscendo
side-left = a sinistra del banco uscendo
side-ahead-left = davanti a sinistra uscendo
wind-0 = a nord del banco
wind-1 = a nord-est del banco
wind-2 = a est del banco
wind-3 = a sud-est del banco
wind-4 = a sud del banco
wind-5 = a sud-ovest del banco
wind-6 = a ovest del banco
wind-7 = a nord-ovest del banco
heading-toward = viene verso di Lei
heading-away = si allontana da Lei
heading-left = va verso la Sua sinistra
heading-right = va verso la Sua destra

## The map

where-to-look = Dove guardare
map-out = Pianta; in alto è dritto davanti uscendo dal banco. Ogni avviso dice anche dove guardare.
map-north = Pianta, nord in alto. Ogni avviso dice anche dove guardare.
north = N
east = E
south = S
west = O
you = Lei
unplaced = Non sulla pianta: { $cameras }. Indichi la loro direzione sotto «nodes» in booth.yaml.
no-such-place = booth.yaml dà un luogo a { $cameras }, ma nessuna telecamera si chiama così: corregga il nome.

## What to say

to-say = Da dire
say = Oggi Lei si fa notare: posso dirLe perché l'abbiamo vista?
say-offer = Oggi Lei si fa notare: posso dirLe perché l'abbiamo vista, e offrirLe { $offer }?
asked-filming = «Mi state riprendendo?»
filming = No. Qui le telecamere guardano solo i vestiti: colori, motivi, tipi di capi. Nessuna immagine, nessun volto e nessun nome è conservato o inviato. Il numero del Suo abbigliamento è cancellato dopo { $days ->
        [one] un giorno
       *[other] { $days } giorni
    }.
filming-who = Le telecamere sono di { $who }.
filming-contact = Domande e opposizione: { $contact }.
other-languages = In altre lingue
speak-en = Inglese
speak-es = Spagnolo
speak-sv = Svedese
speak-fr = Francese
speak-de = Tedesco
speak-it = Italiano

## What to do with an alert

claimed = Vado io
claimed-why = ci penso io
greeted = Salutato
greeted-why = abbiamo parlato
not_found = Non trovato
not_found-why = non c'è nessuno
not_unusual = Non insolito
not_unusual-why = vestiti normali
declined = Rifiuta
declined-why = non vuole parlare
undo = Annulla
state-open = aperto
state-claimed = preso
state-greeted = salutato
state-not_found = non trovato
state-not_unusual = non insolito
state-declined = ha rifiutato
state-lapsed = nessuno è andato in tempo
state-withdrawn = ritirato
by = { $state }, da { $who }
by-you = { $state }, da Lei
seconds-left = Secondi rimasti
looked-again = Visto più a lungo, e in fondo non insolito.
over = Finiti
nobody = Nessuno di eccezionale al momento
nobody-why = Un avviso appare qui da solo.

## What is said aloud by a screen reader, once

new-alert = Nuovo avviso: { $who }. { $where }. { $rare }.
withdrawn-alert = Ritirato: { $who }.
claimed-alert = { $laptop } ha preso: { $who }.
sent = { $what }: inviato.
not-sent = Il banco non ha risposto; riprovi.
is-over = Questo avviso è finito.
is-already = Questo avviso è già { $state }.
too-late-to-undo = È tardi per annullare, o l'ha fatto un altro portatile.
outcome-not-sent = L'esito non è stato inviato: { $why }
allowed-already = Gli avvisi di questa telecamera sono già permessi.

## Cameras

state-ok = bene
state-degraded = da curare
state-failing = guasta
all-ok = Tutto bene.
frames-a-second = { $n } immagini al secondo
sightings = { $n ->
        [one] { $n } avvistamento
       *[other] { $n } avvistamenti
    }
waiting = { $n } in attesa
looks = guarda a { $wind }
looks-0 = nord
looks-1 = nord-est
looks-2 = est
looks-3 = sud-est
looks-4 = sud
looks-5 = sud-ovest
looks-6 = ovest
looks-7 = nord-ovest
node-name = Nome nelle impostazioni: { $node }
allow = Permetti gli avvisi di { $node }
no-camera = Nessuna telecamera si è ancora fatta sentire.
problems = Problemi

## Troubles of the booth

stale = Questa pagina non si aggiorna da { $n } s; il banco è ancora in funzione?
no-broker = Il broker MQTT non è raggiungibile; mosquitto è in funzione? Le telecamere tengono i loro valori finché torna.
not-stored = I valori non si possono salvare; le telecamere li tengono nel frattempo: { $why }
broker-refused = { $n ->
        [one] Il broker ha rifiutato { $n } richiesta del banco; veda il registro.
       *[other] Il broker ha rifiutato { $n } richieste del banco; veda il registro.
    }
missing = Non disponibile: { $what } ({ $why }). Il resto continua; veda il registro, e lo segnali se resta.
it-failed = non riuscito
lost = { $n ->
        [one] { $node } ha perso { $n } avvistamento: la sua coda era piena perché il banco è mancato troppo a lungo.
       *[other] { $node } ha perso { $n } avvistamenti: la sua coda era piena perché il banco è mancato troppo a lungo.
    }
refused = { $n ->
        [one] Rifiutato { $n } messaggio ({ $reason }): { $why }
       *[other] Rifiutati { $n } messaggi ({ $reason }): { $why }
    }
refused-schema = il formato non corrisponde; nodo e banco hanno la stessa versione?
refused-version = nodo e banco usano versioni diverse dei messaggi; aggiorni il più vecchio.
refused-topic = venivano da un altro sito; controlli `site` in node.yaml.
refused-too_large = erano troppo grandi per i nostri nodi; che cos'altro pubblica su questo broker?
refused-not_json = non erano JSON valido; che cos'altro pubblica su questo broker?
refused-sender = il nodo indicato dentro non è quello dell'argomento; controlli `node` in node.yaml.
refused-retained = i valori non devono mai restare nel broker; che cos'altro pubblica su questo broker?
refused-baseline = i conteggi di un nodo non si leggono; il suo programma è più nuovo di quello del banco?
refused-epochs = un nodo ha iniziato troppe code; lo prepari con un nuovo nome.
refused-window = i conteggi di un nodo sono di un altro tempo; controlli il suo orologio.
refused-revoked = un nodo con certificato revocato invia ancora; riavvii il broker.
refused-sealed = i valori sigillati di un nodo non si aprono; outbox_key e il suo outbox.pub sono di questo sito?
refused-too_many_nodes = c'erano troppi nodi; che cos'altro pubblica su questo broker?
refused-other = veda il registro.

## Figures

sightings-an-hour = Avvistamenti all’ora
alerts-an-hour = Avvisi all'ora
alerts-of = { $n } di { $most } che si possono salutare
alerts-most = se ne possono salutare { $most }
alerts-from = Avviso da
left-to-give = Ancora da regalare
outcomes = Esiti degli avvisi
outcome-count = { $n } { $state }
precision = Insoliti, fra i trovati
greet-time = Dall'avvistamento al saluto
greet-seconds = { $n } s in media
since-start = Dall'avvio del banco
alerts-delivered = Avvisi giunti a un portatile
too-late = Avvistamenti in ritardo per un avviso
not-visible = Rari, ma per nulla che si veda da lontano
alerts-expired = Avvisi che nessuno ha preso
number = { $n }
share = { $n } %
share-range = { $n } % ({ $low }–{ $high })

## Trends

trend-what = Che cosa
trend-now = Adesso
trend-usual = Di solito
trend-sightings = Avvistamenti
trend-verdict = Cambiamento
no-trends = Ancora troppo pochi avvistamenti per dire che cosa è cambiato.

## Settings of this device

this-device = Questo dispositivo
laptop = Nome di questo portatile
laptop-rule = da 3 a 32 lettere minuscole, cifre, trattini
rename = Rinomina
bad-name = Il nome di un portatile ha da 3 a 32 lettere minuscole, cifre e trattini.
language = Lingua
language-auto = quella del browser
change = Cambia
sound = Suono
sound-on = Attiva il suono
sound-off = Spegni il suono
sound-tap = Il suono è attivo: tocchi una volta per sentirlo
volume = Volume
try-new = Ascolta un nuovo avviso
try-withdrawn = Ascolta un avviso ritirato
awake = Tieni acceso lo schermo finché questa pagina è aperta
awake-not = Questo browser non può tenere acceso lo schermo.
push = Notifiche
push-on = Avvisa questo dispositivo
push-off = Non avvisare più questo dispositivo
push-cameras = Dice che una telecamera è guasta.
push-alerts = Dice di telecamere guaste e di avvisi, in parole; la notifica scade con l'avviso.
push-not = Il banco non ha Web Push; veda «notify» in booth.yaml.
push-unable = Questo browser non può ricevere notifiche qui. Su un iPhone, aggiunga prima la pagina alla schermata iniziale.
push-denied = Questo browser vieta le notifiche di questa pagina; le permetta nelle sue impostazioni.
push-done = Le notifiche sono attive.
push-stopped = Le notifiche sono spente.
push-refused = Non è l'indirizzo di un servizio noto; veda «notify.push_services» in booth.yaml.
install = Installare: nel menu del browser, «Aggiungi a schermata Home» o «Installa app».

## Notifications, in words only

push-camera-title = { $place }: telecamera guasta
push-camera-well = { $place }: la telecamera va di nuovo bene

## Help

help-flow = Che cosa fare con un avviso
help-flow-1 = Legga chi e dove. Prema «{ $claim }», così gli altri vedono che va Lei.
help-flow-2 = Ci vada. La figura mostra i vestiti; ciò che è contornato è insolito.
help-flow-3 = Dica la frase sulla pagina. Nessuno è tenuto a parlarLe.
help-flow-4 = Prema com'è finita. Per dieci secondi può annullare.
help-outcomes = Come può finire
help-rare = Che cosa vuol dire «{ $rare }»
help-rare-text = Di tante persone che passano di qui, circa una porta qualcosa di così insolito. Della persona non dice nulla.
help-keys = Tasti
help-key-select = scegliere un avviso
help-trust = Quanto è sicuro
help-trust-text = Colori e capi sono come li ha visti una telecamera; luce e distanza li cambiano. Se nessuno corrisponde, prema «{ $not_found }».
help-privacy = Che cosa si promette ai passanti
week = Questa settimana, e cosa indossavano le eccezioni
under = meno di { $share }

## The week, on its page and on a sheet to forward

week-sites = Le eccezioni e tutti, sito per sito
week-too-few = Ancora troppo pochi avvistamenti per dire che cosa è spiccato questa settimana.
sheet-label = Quote con intervalli al 95 %; la tabella qui sotto dice lo stesso
sheet-bars = Le barre sono intervalli al 95 %, validi per ogni valore dei conteggi sotto 5, che non si conservano mai.
sheet-colours = A colori: sicuro, dopo la correzione di Holm per il numero di righe. Grigio: può essere caso.
sheet-files = { $report } ne fa una pagina da inoltrare, { $csv } i dati.
as-table = Come tabella
site = Sito
when = Quando
who = Chi
share-95 = Quota (95 %)
compared-with = Rispetto a
since = dal { $day }
week-of = settimana dal { $day }
everybody = tutti
people-alerted = persone segnalate
stood-out = Che cosa è spiccato: { $sites }
from-to = { $first } – { $last }
sheet-exceptions = Le eccezioni: portato più che per caso; tratto: tutti
nothing-exceptional = Ancora nulla che sia più del caso.
nobody-yet = { $site }: ancora nessuno
week-alerted = { $site }, settimana dal { $day }: { $n } segnalate
by-week = Settimana per settimana: quota delle persone segnalate
everybody-usual = Tutti, rispetto alle stesse ore di prima e alla loro tendenza (tratto)
everybody-last-week = Tutti, rispetto agli stessi giorni di una settimana prima (tratto)
everybody-baseline = Tutti, rispetto alle settimane del riferimento congelato (tratto)
nothing-changed = Nulla è cambiato con certezza.
verdict-more = più del solito
verdict-less = meno del solito
verdict-usual = come al solito
verdict-more-chance = più del caso
verdict-chance = come per caso
verdict-too-few = troppo pochi
day = { $day } { $month }
month-1 = gen.
month-2 = feb.
month-3 = mar.
month-4 = apr.
month-5 = mag.
month-6 = giu.
month-7 = lug.
month-8 = ago.
month-9 = set.
month-10 = ott.
month-11 = nov.
month-12 = dic.
