# Was an einer Kamera oder am Stand nicht stimmt, und was zu tun ist. en.ftl erklärt die Werte.

seconds = { $n } s
minutes = { $n } min
hours = { $n } h
days = { $n } Tagen

no-frame = Kein Bild seit { $a } s: Prüfen Sie die Kamera und ihr Kabel.
lens-covered = Das Objektiv ist verdeckt: Nehmen Sie Kappe, Band oder Tüte ab und wischen Sie es sauber.
image-frozen = Das Bild steht still: Ziehen Sie den Stecker der Kamera und stecken Sie ihn wieder ein, dann prüfen Sie ihr Kabel.
camera-moved = Die Kamera wurde bewegt: Richten Sie sie aus wie zuvor; war es Absicht, starten Sie den Knoten neu.
dark = Es ist zu dunkel, um Kleidung zu unterscheiden: Machen Sie Licht.
slow = Nur { $a } Bilder in zehn Sekunden: Menschen werden übersehen; kühlen Sie die Platine oder beenden Sie andere Programme.
frames-dropped = { $a } von { $b } Bildern fielen aus: Die Platine ist zu langsam, oder die Kamera ist defekt.
camera-lost = Die Kamera ging { $a }-mal verloren und wurde wieder geöffnet: Prüfen Sie ihr Kabel.
nobody = Seit { $a } min wurde niemand gesehen: Prüfen Sie, wohin die Kamera zeigt.
nobody-long = Seit { $a } min wurde niemand gesehen (die längste Pause war bisher { $b } min): Prüfen Sie, wohin die Kamera zeigt.
start-model = Das Modell bestand seine Prüfung beim Start nicht: Führen Sie `spotter models verify` aus; tauschen Sie eine beschädigte Karte.
start-accelerator = Die Edge TPU wurde beim Start nicht gefunden, die CPU führt das Modell aus: Stecken Sie den Coral ein und starten Sie den Knoten neu.
start-camera = Die Kamera lieferte beim Start kein Bild: Prüfen Sie die Kamera und ihr Kabel.
start-disk = Beim Start ließ sich nicht auf die Karte schreiben: Schaffen Sie Platz oder tauschen Sie die Karte.
start-clock = Die Uhr ging beim Start nach: Prüfen Sie, ob der Stand läuft und die Zeit liefert.
start-certificate = Das Zertifikat bestand seine Prüfung beim Start nicht (warum, steht im Protokoll): Richten Sie diesen Knoten neu ein.
copy-settings = node.yaml ist unbrauchbar; die letzte gute Kopie gilt: Berichtigen Sie die Datei (wie, steht im Protokoll) und starten Sie den Knoten neu.
copy-model = Die Datei des Modells ist unbrauchbar; die letzte gute Kopie gilt: Berichtigen Sie die Datei (wie, steht im Protokoll) und starten Sie den Knoten neu.
copy-baseline = Die Datei der Grundlage ist unbrauchbar; die letzte gute Kopie gilt: Berichtigen Sie die Datei (wie, steht im Protokoll) und starten Sie den Knoten neu.
counts-damaged = Die gesammelten Zählungen waren beschädigt: Es wird ab { $a } Menschen weitergezählt; tauschen Sie die Karte, wenn das wieder geschieht.
outbox-damaged = Die Werte, die auf der Karte warteten, waren beschädigt und sind verloren: Tauschen Sie die Karte, wenn das wieder geschieht.
card-failed = Das Einrichten von der Karte schlug fehl: Lesen Sie first-boot.txt auf der Startpartition der Karte.
update-failed = Die Aktualisierung schlug fehl, die alte Version läuft wieder: Warum, steht in /run/spotter/update.txt auf dem Knoten.
edge-tpu-failed = Die Edge TPU fiel aus, die CPU führt das Modell aus: Stecken Sie den Coral neu ein und starten Sie den Knoten neu.
model-failed = Das Modell fiel { $a }-mal aus und wurde neu geladen: Starten Sie den Knoten neu; geschieht es wieder, prüfen Sie seinen Speicher.
undervolted = Die Platine bekommt zu wenig Strom: Nehmen Sie ihr eigenes Netzteil und ein kurzes, dickes Kabel.
hot = Die Platine ist { $a } °C heiß und wird langsamer: Geben Sie ihr Schatten und Luft.
throttled = Die Platine drosselt sich wegen Hitze oder schwachem Strom: Geben Sie ihr Schatten und Luft, prüfen Sie das Netzteil.
disk-full = Nur noch { $a } MB auf der Karte sind frei: Löschen Sie Dateien oder nehmen Sie eine größere Karte.
memory-full = Nur noch { $a } MB Arbeitsspeicher sind frei: Beenden Sie andere Programme oder starten Sie den Knoten neu.
clock-unset = Kein Zeitserver stellt die Uhr: Prüfen Sie, ob der Stand läuft und die Zeit liefert.
clock-jumped = Die Uhr wurde um { $a } s gestellt: Geschieht es wieder, prüfen Sie den Zeitserver des Standes.
certificate-ends = Das Zertifikat endet in { $a } Tagen: Richten Sie diesen Knoten neu ein.
certificate-ended = Das Zertifikat endete vor { $a } Tagen: Richten Sie diesen Knoten neu ein.
unstored = Bis zu { $a } Werte liegen nur im Arbeitsspeicher, da sich nicht auf die Karte schreiben lässt: Schaffen Sie Platz oder tauschen Sie die Karte.
outbox-filling = Bis zu { $a } Werte warten auf den Stand: Prüfen Sie den Stand und das Netzwerk.
outbox-lost = Bis zu { $a } Werte gingen verloren, da der Ausgang voll war: Lassen Sie den Stand an und verbunden.
outbox-older = Der Stand hat Werte, die dieser Knoten nicht mehr kennt: Seine Karte verlor die neuesten; tauschen Sie sie, wenn das wieder geschieht.
refused-by-broker = Der Broker wies { $a } Nachrichten oder Verbindungen ab: Prüfen Sie Zertifikat und Zugriffsregeln dieses Knotens.
too-few-counted = Die Grundlage enthält zu wenige Menschen, deshalb läuft sie noch an: Sammeln Sie mehr und frieren Sie neu ein.
recalibrating = Neu im Abgleich, da die Grundlage nicht zu dieser Kamera passt: Die ersten { $a } Menschen bekommen keinen Wert.
scored-by-few = Neu im Abgleich, da die Grundlage nicht zu dieser Kamera passt: Die Werte kommen von { $a } Menschen dieser Kamera allein und werden mit mehr feiner.
sees-otherwise = Diese Kamera sieht Menschen anders als die der Grundlage (Licht, Objektiv, Größe oder Kleidung): Bleibt es so, sammeln Sie hier und frieren Sie eine eigene Grundlage ein.
baseline-refused = Die Grundlage des Standes wurde abgewiesen (bisher { $a }-mal): { $part ->
        [no-key] score.site_key fehlt: Bringen Sie den öffentlichen Schlüssel des Ortes auf diesen Knoten.
        [unsigned] Der Schlüssel dieses Ortes hat sie nicht unterschrieben: Frieren Sie mit ihm ein, oder richten Sie den Knoten neu ein.
        [older] Sie ist älter als die benutzte: Prüfen Sie die Uhr des Standes und frieren Sie neu ein.
        [recipe] Ihr Rezept ist nicht das dieses Knotens: Installieren Sie überall eine Version, sammeln und frieren Sie neu ein.
        [mismatch] Ihre Kennung oder ihr Rezept passt nicht zum Inhalt: Frieren Sie neu ein.
        [unsaved] Sie lässt sich auf diesem Knoten nicht speichern: Schaffen Sie Platz oder tauschen Sie die Karte.
       *[damaged] Sie ist beschädigt: Frieren Sie neu ein.
    }
clothes-changed = { $part ->
        [outfit-more] Die Kleidung ist ungewöhnlicher
        [outfit-less] Die Kleidung ist gewöhnlicher
        [colour-more] Die Farben sind ungewöhnlicher
        [colour-less] Die Farben sind gewöhnlicher
        [pattern-more] Die Muster sind ungewöhnlicher
        [pattern-less] Die Muster sind gewöhnlicher
        [garment-more] Die Kleidungsstücke sind ungewöhnlicher
        [garment-less] Die Kleidungsstücke sind gewöhnlicher
        [combination-more] Die Farbpaare sind ungewöhnlicher
       *[combination-less] Die Farbpaare sind gewöhnlicher
    } als zu der Zeit, in der die Grundlage entstand: Sammeln Sie und frieren Sie eine neue ein.
old-messages = Er sendet Nachrichten einer älteren Version, mit { $a } Problemen, die sich nicht zeigen lassen: Aktualisieren Sie seine Software.
clock-ahead = Seine Uhr geht vor, mit einem Abstand von { $age } zum Stand, deshalb kommen Alarme zu spät oder gar nicht: Prüfen Sie, ob er den Zeitserver des Standes erreicht.
clock-behind = Seine Uhr geht nach, mit einem Abstand von { $age } zum Stand, deshalb kommen Alarme zu spät oder gar nicht: Prüfen Sie, ob er den Zeitserver des Standes erreicht.
old = Er sandte { $a } alte Sichtungen noch einmal: Spielt jemand aufgezeichnete Nachrichten ab? Keine zählt doppelt; können Sie es nicht erklären, schalten Sie diesen Knoten ab und geben Sie ihm ein neues Zertifikat.
reused = Er gab { $a } neuen Sichtungen schon benutzte Nummern, sie sind verloren: Seine Karte ist eine ältere Kopie; löschen Sie dort outbox.sqlite und starten Sie ihn neu.
again = Er sandte { $a } Sichtungen mehrmals: Prüfen Sie Netzwerk und Strom. Keine zählt doppelt.
impossible = Er sandte { $a } Sichtungen, deren Zahlen sich oder seiner Grundlage widersprechen; sie lösen keinen Alarm aus: Installieren Sie Software und Modell neu.
flood = Er sendet mehr Nachrichten, als eine Kamera haben kann, einige entfallen: Bleibt es so, schalten Sie ihn ab und geben Sie ihm ein neues Zertifikat.
held = Er meldet mehr seltene Menschen, als zu glauben ist, und löst deshalb keinen Alarm aus: Sehen Sie nach, was er sieht; sind sie wirklich ungewöhnlich, erlauben Sie seine Alarme auf der Seite oder mit `spotter booth-allow NODE`.
baseline = Er misst an einer anderen Grundlage, als sein Lebenszeichen nennt: Starten Sie ihn neu; bleibt es so, frieren Sie neu ein.
twins = Zwei Geräte benutzen diesen Namen: Schalten Sie eines ab, oder richten Sie es unter anderem Namen ein.
refused = { $a } seiner Nachrichten wurden abgewiesen; oben auf der Seite steht, warum und was zu tun ist.

silence-offline = Er ist offline: Prüfen Sie Strom, Netzwerk und auf dem Knoten `systemctl status spotter-node`.
silence-never = Von ihm war noch nie etwas zu hören: Ist er eingeschaltet, und nennt node.yaml ihn wie booth.yaml?
silence-no-heartbeat = Er hat kein Lebenszeichen gesandt: Warten Sie eine halbe Minute, dann starten Sie ihn neu.
silence-stale = Sein letztes Lebenszeichen kam vor { $age }: Läuft er, und geht das Netzwerk?
silence-own-clock = Sein letztes Lebenszeichen kam nach seiner eigenen Uhr vor { $age }: Stimmt sie, läuft er, und geht das Netzwerk?
same-software = Er hat die Software { $a } ({ $b }: { $c }): Aktualisieren Sie die ältere.
same-model = Er hat das Modell { $a } ({ $b }: { $c }), die Werte sind nicht vergleichbar: Aktualisieren Sie es.
same-baseline = Er misst an der Grundlage { $a } ({ $b }: { $c }): Frieren Sie neu ein, damit alle dieselbe haben.
clock-set-forward = Die Uhr dieses Rechners wurde mit einem Sprung von { $age } vorgestellt, auf { $b }: Ist das richtig?
clock-set-back = Die Uhr dieses Rechners wurde mit einem Sprung von { $age } zurückgestellt, auf { $b }: Ist das richtig?
clock-is-behind = Die Uhr dieses Rechners geht nach, mit einem Abstand von { $age } zu allen Kameras, deshalb kommen Alarme zu spät oder gar nicht: Stellen Sie sie, oder warten Sie, bis die Kameras ihr folgen.
clock-is-ahead = Die Uhr dieses Rechners geht vor, mit einem Abstand von { $age } zu allen Kameras, deshalb kommen Alarme zu spät oder gar nicht: Stellen Sie sie, oder warten Sie, bis die Kameras ihr folgen.
stock-gone = Es ist nichts mehr zu verschenken.
one-open = Kein neuer Alarm, solange einer offen ist.
many-open = Kein neuer Alarm, solange { $a } offen sind.
saving-up = { $a } Alarme in der letzten Stunde; der nächste frühestens in { $b } min.
no-frame-usb = Seit { $a } s kein Bild: Prüfen Sie den USB-Stecker der Kamera und dass kein anderes Programm sie benutzt.
camera-lost-usb = Die Kamera ging in den letzten Minuten { $a }-mal verloren und wurde wieder geöffnet: Prüfen Sie den USB-Stecker der Kamera und dass kein anderes Programm sie benutzt.
start-camera-usb = Die Kamera lieferte beim Start kein Bild: Prüfen Sie den USB-Stecker der Kamera und dass kein anderes Programm sie benutzt.
no-frame-net = Seit { $a } s kein Bild: Prüfen Sie Strom und Netz der Kamera, dann ihre Adresse, Benutzer und Passwort in node.yaml.
camera-lost-net = Die Kamera ging in den letzten Minuten { $a }-mal verloren und wurde wieder geöffnet: Prüfen Sie Strom und Netz der Kamera, dann ihre Adresse, Benutzer und Passwort in node.yaml.
start-camera-net = Die Kamera lieferte beim Start kein Bild: Prüfen Sie Strom und Netz der Kamera, dann ihre Adresse, Benutzer und Passwort in node.yaml.
no-frame-file = Seit { $a } s kein Bild: Prüfen Sie, ob die Aufnahme noch gelesen werden kann.
camera-lost-file = Die Kamera ging in den letzten Minuten { $a }-mal verloren und wurde wieder geöffnet: Prüfen Sie, ob die Aufnahme noch gelesen werden kann.
start-camera-file = Die Kamera lieferte beim Start kein Bild: Prüfen Sie, ob die Aufnahme noch gelesen werden kann.
image-frozen-usb = Das Bild steht still: Ziehen Sie den USB-Stecker der Kamera und stecken Sie ihn wieder ein.
image-frozen-net = Das Bild steht still: Starten Sie die Kamera neu, über ihren Strom oder auf ihrer eigenen Seite.
frames-dropped-usb = { $a } der letzten { $b } Bilder fielen aus: Kühlen Sie die Platine, beenden Sie andere Programme und geben Sie der Kamera einen eigenen USB-Anschluss.
frames-dropped-net = { $a } der letzten { $b } Bilder fielen aus: Senken Sie Auflösung oder Bildrate der Kamera und prüfen Sie das Netz bis zu ihr.
frames-dropped-file = { $a } der letzten { $b } Bilder fielen aus: Kühlen Sie die Platine und beenden Sie andere Programme.
camera-crops = Die Kamera zeigt nur { $a } % der Breite ihres Objektivs: Aktualisieren Sie die Software der Kamera (`sudo apt full-upgrade`), da die Modi ihres Sensors nicht bekannt sind.
camera-otherwise = Die Kamera liefert eine andere Größe oder andere Farben als verlangt, daher können ihre Werte abweichen: Aktualisieren Sie die Software der Kamera (`sudo apt full-upgrade`); das Protokoll sagt, wie.

aim-people = { $a } Menschen in { $b } min ({ $c } pro Minute)
aim-far = { $a } zu fern
aim-good = { $a } gut
aim-near = { $a } zu nah
aim-left = { $a } links abgeschnitten
aim-right = { $a } rechts abgeschnitten
aim-top = { $a } oben abgeschnitten
aim-bottom = { $a } unten abgeschnitten
aim-unclear = { $a } unklar
aim-blurred = { $a } unscharf
aim-dark = { $a } dunkel
aim-hidden = { $a } verdeckt
aim-back = Die Menschen sind zu nah ({ $a } von { $b } Menschen): Rücken Sie die Kamera weg oder nehmen Sie ein weiteres Objektiv.
aim-down = Neigen Sie die Kamera nach unten: { $a } von { $b } Menschen sind unten abgeschnitten.
aim-up = Neigen Sie die Kamera nach oben: { $a } von { $b } Menschen sind oben abgeschnitten.
aim-turn-left = Drehen Sie die Kamera nach links: { $a } von { $b } Menschen sind links abgeschnitten.
aim-turn-right = Drehen Sie die Kamera nach rechts: { $a } von { $b } Menschen sind rechts abgeschnitten.
aim-nearer = Die Menschen sind zu fern ({ $a } von { $b } Menschen): Rücken Sie die Kamera näher, nehmen Sie ein längeres Objektiv oder eine feinere Größe des Modells (models/README.md).
aim-light = Es ist zu dunkel ({ $a } von { $b } Menschen): Machen Sie Licht oder richten Sie die Kamera auf eine helle Stelle.
aim-sharpen = Die Menschen sind unscharf ({ $a } von { $b } Menschen): Wischen Sie das Objektiv ab, prüfen Sie frame.focus_m und frame.shutter_s oder machen Sie Licht.
aim-higher = Menschen verdecken einander ({ $a } von { $b } Menschen): Hängen Sie die Kamera höher oder richten Sie sie quer über die Straße.
update-fetching = Holt eine Version ({ $a } %).
update-trying = Probiert eine Version; das dauert drei Minuten.
update-kept = Die Version läuft.
update-went-back = Die Version wurde probiert und zurückgenommen: { $a }
update-refused = Die Version wurde abgewiesen: { $a }
update-why-unreachable = Sie ließ sich nicht vom Stand holen. Ist dort der Port nach dem des Brokers offen, und hat die Karte dieses Knotens diese Version?
update-why-unsigned = Der Ort dieses Knotens hat sie nicht unterschrieben. Unterschreiben Sie sie, dann senden Sie sie noch einmal.
update-why-damaged = Was geholt wurde, ist beschädigt oder keine Version. Bauen Sie sie neu, dann senden Sie sie noch einmal.
update-why-older = Sie ist älter als die laufende.
update-why-recipe = Ihr Rezept ist ein anderes, das Gezählte ließe sich nicht benutzen. Senden Sie sie mit --force, um bei null zu beginnen.
update-why-space = Die Karte ist zu voll.
update-why-settings = Sie ließ sich nicht installieren oder nimmt die Einstellungen dieses Knotens nicht an.
update-why-stopped = Sie hörte von selbst auf.
update-why-failing = Sie meldete, dass sie gestört ist.
update-why-no-frames = Sie verarbeitete keine Bilder. Ist die Kamera in Ordnung?
update-why-no-broker = Sie erreichte den Broker nicht.
update-why-interrupted = Die Aktualisierung wurde unterbrochen.
update-why-other = Lesen Sie /run/spotter/update.txt auf dem Knoten.
