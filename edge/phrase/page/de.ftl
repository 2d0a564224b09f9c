# Was auf der Seite des Standes steht, auf Deutsch. en.ftl erklärt die Sätze.

## Every page

app = Exception Spotter
skip = Zum Inhalt springen
pages = Seiten
alerts = Alarme
cameras = Kameras
figures = Zahlen
trends = Trends
help = Hilfe
settings = Gerät
no-picture = Nie wird ein Bild von jemandem gezeigt, gespeichert oder gesendet.
starting = Der Stand startet.
moved-in = Anmelden
log-out = Abmelden
password = Passwort dieses Ortes
wrong-password = Falsches Passwort.
too-many = Zu viele falsche Passwörter; versuchen Sie es in { $n } s noch einmal.
no-answer = Seit { $n } s keine Antwort vom Stand: Was Sie sehen, ist veraltet. Läuft der Stand?
offline-title = Keine Verbindung
offline = Dieses Gerät erreicht den Stand nicht. Bis dahin werden keine Alarme gezeigt: Prüfen Sie das WLAN, und ob der Stand an ist.
try-again = Noch einmal versuchen

## An alert: who

rare = 1 von { $n }
rarer = seltener als 1 von { $n }
of-people = von { $n } Menschen
range = zwischen 1 von { $low } und 1 von { $high }
seen-by = Gesehen von { $cameras }

## Where

place = { $place }, { $landmark }
third-left = linkes Drittel des Bildes
third-centre = Mitte des Bildes
third-right = rechtes Drittel des Bildes
side-ahead = geradeaus, wenn Sie hinaustreten
side-ahead-right = rechts vorn, wenn Sie hinaustreten
side-right = rechts vom Stand, wenn Sie hinaustreten
side-behind-right = rechts hinter dem Stand, wenn Sie hinaustreten
side-behind = hinter dem Stand
side-behind-left = links hinter dem Stand, wenn Sie hinaustreten
side-left = links vom Stand, wenn Sie hinaustreten
side-ahead-left = links vorn, wenn Sie hinaustreten
wind-0 = nördlich des Standes
wind-1 = nordöstlich des Standes
wind-2 = östlich des Standes
wind-3 = südöstlich des Standes
wind-4 = südlich des Standes
wind-5 = südwestlich des Standes
wind-6 = westlich des Standes
wind-7 = nordwestlich des Standes
heading-toward = kommt auf Sie zu
heading-away = geht von Ihnen weg
heading-left = geht nach links
heading-right = geht nach rechts

## The map

where-to-look = Wohin schauen
map-out = Karte; oben ist geradeaus, wenn Sie aus dem Stand treten. Jeder Alarm sagt auch, wohin Sie schauen.
map-north = Karte, Norden oben. Jeder Alarm sagt auch, wohin Sie schauen.
north = N
east = O
south = S
west = W
you = Sie
unplaced = Nicht auf der Karte: { $cameras }. Tragen Sie ihre Richtung unter „nodes“ in booth.yaml ein.
no-such-place = booth.yaml nennt einen Platz für { $cameras }, doch so heißt hier keine Kamera: Berichtigen Sie den Namen.

## What to say

to-say = Sagen
say = Sie fallen heute auf: Darf ich Ihnen sagen, warum wir Sie bemerkt haben?
say-offer = Sie fallen heute auf: Darf ich Ihnen sagen, warum wir Sie bemerkt haben, und Ihnen { $offer } anbieten?
asked-filming = „Filmen Sie mich?“
filming = Nein. Die Kameras sehen hier nur auf Kleidung: Farben, Muster, Arten der Kleidungsstücke. Kein Bild, kein Gesicht und kein Name wird aufbewahrt oder gesendet. Die Zahl zu Ihrer Kleidung wird nach { $days ->
        [one] einem Tag
       *[other] { $days } Tagen
    } gelöscht.
filming-who = Betreiber der Kameras: { $who }.
filming-contact = Fragen und Widerspruch: { $contact }.
other-languages = In anderen Sprachen
speak-en = Englisch
speak-es = Spanisch
speak-sv = Schwedisch
speak-fr = Französisch
speak-de = Deutsch
speak-it = Italienisch

## What to do with an alert

claimed = Übernehmen
claimed-why = ich gehe hin
greeted = Begrüßt
greeted-why = wir sprachen
not_found = Nicht gefunden
not_found-why = niemand da
not_unusual = Nicht unge{ "\u00AD" }wöhnlich
not_unusual-why = normal gekleidet
declined = Abgelehnt
declined-why = will nicht reden
undo = Rückgängig
state-open = offen
state-claimed = übernommen
state-greeted = begrüßt
state-not_found = nicht gefunden
state-not_unusual = nicht ungewöhnlich
state-declined = abgelehnt
state-lapsed = niemand ging rechtzeitig
state-withdrawn = zurückgezogen
by = { $state } von { $who }
by-you = { $state } von Ihnen
seconds-left = Sekunden übrig
looked-again = Länger gesehen und doch nicht ungewöhnlich.
over = Vorbei
nobody = Gerade niemand Außergewöhnliches
nobody-why = Ein Alarm erscheint hier von selbst.

## What is said aloud by a screen reader, once

new-alert = Neuer Alarm: { $who }. { $where }. { $rare }.
withdrawn-alert = Zurückgezogen: { $who }.
claimed-alert = { $laptop } hat übernommen: { $who }.
sent = { $what }: gesendet.
not-sent = Der Stand hat nicht geantwortet; versuchen Sie es noch einmal.
is-over = Dieser Alarm ist vorbei.
is-already = Dieser Alarm ist schon { $state }.
too-late-to-undo = Dafür ist es zu spät, oder ein anderer Laptop hat es getan.
outcome-not-sent = Das Ergebnis wurde nicht gesendet: { $why }
allowed-already = Die Alarme dieser Kamera sind schon erlaubt.

## Cameras

state-ok = gut
state-degraded = braucht Pflege
state-failing = gestört
all-ok = Alles ist gut.
frames-a-second = { $n } Bilder je Sekunde
sightings = { $n ->
        [one] { $n } Sichtung
       *[other] { $n } Sichtungen
    }
waiting = { $n } warten
looks = schaut nach { $wind }
looks-0 = Norden
looks-1 = Nordosten
looks-2 = Osten
looks-3 = Südosten
looks-4 = Süden
looks-5 = Südwesten
looks-6 = Westen
looks-7 = Nordwesten
node-name = Name in den Einstellungen: { $node }
allow = Alarme von { $node } erlauben
no-camera = Noch hat sich keine Kamera gemeldet.
problems = Probleme

## Troubles of the booth

stale = Diese Seite ist seit { $n } s unverändert; läuft der Stand noch?
no-broker = Der MQTT-Broker ist nicht erreichbar; läuft mosquitto? Die Kameras behalten ihre Werte, bis er zurück ist.
not-stored = Werte lassen sich nicht speichern; die Kameras behalten sie bis dahin: { $why }
broker-refused = { $n ->
        [one] Der Broker wies { $n } Anfrage des Standes ab; siehe Protokoll.
       *[other] Der Broker wies { $n } Anfragen des Standes ab; siehe Protokoll.
    }
missing = Nicht verfügbar: { $what } ({ $why }). Alles andere läuft; siehe Protokoll, und melden Sie es, wenn es bleibt.
it-failed = fehlgeschlagen
lost = { $n ->
        [one] { $node } verlor { $n } Sichtung: Ihr Ausgang war voll, da der Stand zu lange weg war.
       *[other] { $node } verlor { $n } Sichtungen: Ihr Ausgang war voll, da der Stand zu lange weg war.
    }
refused = { $n ->
        [one] { $n } Nachricht abgewiesen ({ $reason }): { $why }
       *[other] { $n } Nachrichten abgewiesen ({ $reason }): { $why }
    }
refused-schema = Ihr Format stimmt nicht; haben Knoten und Stand dieselbe Version?
refused-version = Knoten und Stand haben verschiedene Versionen der Nachrichten; aktualisieren Sie den älteren.
refused-topic = Sie kamen unter dem Namen eines anderen Ortes; prüfen Sie `site` in node.yaml.
refused-too_large = Sie waren zu groß für unsere Knoten; was sendet sonst an diesen Broker?
refused-not_json = Sie waren kein gültiges JSON; was sendet sonst an diesen Broker?
refused-sender = Der Knoten darin ist nicht der im Thema; prüfen Sie `node` in node.yaml.
refused-retained = Werte dürfen nie zurückbehalten werden; was sendet sonst an diesen Broker?
refused-baseline = Zählungen eines Knotens sind nicht lesbar; ist seine Software neuer als die des Standes?
refused-epochs = Ein Knoten begann zu viele Ausgänge; richten Sie ihn unter neuem Namen ein.
refused-window = Zählungen eines Knotens sind aus anderer Zeit; prüfen Sie seine Uhr.
refused-revoked = Ein Knoten mit widerrufenem Zertifikat sendet noch; starten Sie den Broker neu.
refused-sealed = Versiegelte Werte eines Knotens lassen sich nicht öffnen; gehören outbox_key und seine outbox.pub zu diesem Ort?
refused-too_many_nodes = Es gab zu viele Knoten; was sendet sonst an diesen Broker?
refused-other = siehe Protokoll.

## Figures

sightings-an-hour = Sichtungen pro Stunde
alerts-an-hour = Alarme je Stunde
alerts-of = { $n } von { $most }, die sich begrüßen lassen
alerts-most = { $most } lassen sich begrüßen
alerts-from = Alarm ab
left-to-give = Noch zu verschenken
outcomes = Wie Alarme endeten
outcome-count = { $n } { $state }
precision = Ungewöhnlich unter den Gefundenen
greet-time = Von der Sichtung zur Begrüßung
greet-seconds = { $n } s im Mittel
since-start = Seit dem Start des Standes
alerts-delivered = An einen Laptop gesandte Alarme
too-late = Sichtungen zu spät für einen Alarm
not-visible = Selten, doch an nichts von Weitem zu erkennen
alerts-expired = Nicht übernommene Alarme
number = { $n }
share = { $n } %
share-range = { $n } % ({ $low }–{ $high })

## Trends

trend-what = Was
trend-now = Jetzt
trend-usual = Sonst
trend-sightings = Sichtungen
trend-verdict = Änderung
no-trends = Noch zu wenige Sichtungen, um zu sagen, was sich geändert hat.

## Settings of this device

this-device = Dieses Gerät
laptop = Name dieses Laptops
laptop-rule = 3 bis 32 kleine Buchstaben, Ziffern, Bindestriche
rename = Umbenennen
bad-name = Der Name eines Laptops hat 3 bis 32 kleine Buchstaben, Ziffern und Bindestriche.
language = Sprache
language-auto = wie der Browser
change = Ändern
sound = Ton
sound-on = Ton einschalten
sound-off = Ton ausschalten
sound-tap = Ton ist an: einmal tippen, dann klingt er
volume = Lautstärke
try-new = Neuen Alarm anhören
try-withdrawn = Zurückgezogenen Alarm anhören
awake = Bildschirm anlassen, solange diese Seite offen ist
awake-not = Dieser Browser kann den Bildschirm nicht anlassen.
push = Mitteilungen
push-on = Dieses Gerät benachrichtigen
push-off = Dieses Gerät nicht mehr benachrichtigen
push-cameras = Es meldet, dass eine Kamera gestört ist.
push-alerts = Es meldet gestörte Kameras und Alarme, in Wörtern; die Mitteilung endet mit dem Alarm.
push-not = Am Stand ist kein Web Push eingerichtet; siehe „notify“ in booth.yaml.
push-unable = Dieser Browser kann hier keine Mitteilungen empfangen. Auf einem iPhone legen Sie die Seite erst auf den Startbildschirm.
push-denied = Dieser Browser verbietet Mitteilungen dieser Seite; erlauben Sie sie in seinen Einstellungen.
push-done = Mitteilungen sind an.
push-stopped = Mitteilungen sind aus.
push-refused = Das ist keine Adresse eines bekannten Dienstes; siehe „notify.push_services“ in booth.yaml.
install = Installieren: im Menü des Browsers „Zum Startbildschirm“ oder „App installieren“.

## Notifications, in words only

push-camera-title = { $place }: Kamera gestört
push-camera-well = { $place }: Kamera wieder gut

## Help

help-flow = Was Sie mit einem Alarm tun
help-flow-1 = Lesen Sie wer und wo. Drücken Sie „{ $claim }“, damit andere sehen, dass Sie gehen.
help-flow-2 = Gehen Sie hin. Die Figur zeigt die Kleidung; umrandet ist, was ungewöhnlich ist.
help-flow-3 = Sagen Sie den Satz auf der Seite. Niemand muss mit Ihnen reden.
help-flow-4 = Drücken Sie, wie es endete. Zehn Sekunden lang können Sie es zurücknehmen.
help-outcomes = Wie es enden kann
help-rare = Was „{ $rare }“ heißt
help-rare-text = Von so vielen Menschen, die hier vorbeikommen, trägt etwa einer etwas so Ungewöhnliches. Über den Menschen sagt es nichts.
help-keys = Tasten
help-key-select = einen Alarm wählen
help-trust = Wie sicher es ist
help-trust-text = Farben und Kleidungsstücke sind so, wie eine Kamera sie sah; Licht und Abstand verändern sie. Passt niemand, drücken Sie „{ $not_found }“.
help-privacy = Was Passanten versprochen wird
week = Diese Woche, und was die Ausnahmen trugen
under = unter { $share }

## The week, on its page and on a sheet to forward

week-sites = Ausnahmen und alle, Ort für Ort
week-too-few = Noch zu wenige Sichtungen, um zu sagen, was diese Woche auffiel.
sheet-label = Anteile mit 95-%-Intervallen; die Tabelle darunter sagt dasselbe
sheet-bars = Balken sind 95-%-Intervalle, gültig für jeden Wert von Zahlen unter 5, die nie aufbewahrt werden.
sheet-colours = Farbig: sicher, nach Holms Korrektur für die Zahl der Zeilen. Grau: könnte Zufall sein.
sheet-files = { $report } macht daraus eine Seite zum Weitergeben, { $csv } Daten.
as-table = Als Tabelle
site = Ort
when = Wann
who = Wer
share-95 = Anteil (95 %)
compared-with = Verglichen mit
since = seit { $day }
week-of = Woche ab { $day }
everybody = alle
people-alerted = Menschen mit Alarm
stood-out = Was auffiel: { $sites }
from-to = { $first } bis { $last }
sheet-exceptions = Die Ausnahmen: öfter getragen als durch Zufall; Strich: alle
nothing-exceptional = Noch nichts, was mehr als Zufall ist.
nobody-yet = { $site }: noch niemand
week-alerted = { $site }, Woche ab { $day }: { $n } mit Alarm
by-week = Woche für Woche: Anteil der Menschen mit Alarm
everybody-usual = Alle, verglichen mit denselben Stunden zuvor und ihrem Trend (Strich)
everybody-last-week = Alle, verglichen mit denselben Tagen eine Woche zuvor (Strich)
everybody-baseline = Alle, verglichen mit den Wochen der eingefrorenen Grundlage (Strich)
nothing-changed = Nichts hat sich sicher verändert.
verdict-more = mehr als sonst
verdict-less = weniger als sonst
verdict-usual = wie sonst
verdict-more-chance = mehr als Zufall
verdict-chance = wie durch Zufall
verdict-too-few = zu wenige
day = { $day }. { $month }
month-1 = Jan.
month-2 = Feb.
month-3 = März
month-4 = Apr.
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = Aug.
month-9 = Sept.
month-10 = Okt.
month-11 = Nov.
month-12 = Dez.
