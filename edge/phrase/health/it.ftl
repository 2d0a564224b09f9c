# Che cosa non va in una telecamera o al banco, e che cosa fare. en.ftl spiega i valori.

seconds = { $n } s
minutes = { $n } min
hours = { $n } h
days = { $n } giorni

no-frame = Nessuna immagine da { $a } s: controlli la telecamera e il suo cavo.
lens-covered = L'obiettivo è coperto: tolga il tappo, il nastro o il sacchetto, e lo pulisca.
image-frozen = L'immagine è ferma: stacchi e riattacchi la telecamera, poi controlli il suo cavo.
camera-moved = La telecamera è stata spostata: la orienti come prima; se era voluto, riavvii il nodo.
dark = È troppo buio per distinguere i vestiti: aggiunga luce.
slow = Solo { $a } immagini in dieci secondi: qualcuno sfugge; raffreddi la scheda o chiuda altri programmi.
frames-dropped = { $a } immagini su { $b } sono andate perse: la scheda è troppo lenta o la telecamera è guasta.
camera-lost = La telecamera è stata persa e riaperta { $a } volte: controlli il suo cavo.
nobody = Nessuno è stato visto da { $a } min: controlli dove guarda la telecamera.
nobody-long = Nessuno è stato visto da { $a } min (la pausa più lunga era di { $b } min): controlli dove guarda la telecamera.
start-model = Il modello non ha superato la prova all'avvio: esegua `spotter models verify`; cambi una scheda SD danneggiata.
start-accelerator = L'Edge TPU non è stata trovata all'avvio e la CPU esegue il modello: colleghi il Coral, poi riavvii il nodo.
start-camera = La telecamera non ha dato immagini all'avvio: controlli la telecamera e il suo cavo.
start-disk = All'avvio non si poteva scrivere sulla scheda SD: liberi spazio o cambi la scheda.
start-clock = All'avvio l'orologio era indietro: controlli che il banco sia acceso e dia l'ora.
start-certificate = Il certificato non ha superato la prova all'avvio (il registro dice perché): prepari di nuovo questo nodo.
copy-settings = node.yaml non è utilizzabile; vale l'ultima copia buona: corregga il file (il registro dice come), poi riavvii il nodo.
copy-model = Il file del modello non è utilizzabile; vale l'ultima copia buona: corregga il file (il registro dice come), poi riavvii il nodo.
copy-baseline = Il file del riferimento non è utilizzabile; vale l'ultima copia buona: corregga il file (il registro dice come), poi riavvii il nodo.
counts-damaged = I conteggi raccolti erano danneggiati: si riparte da { $a } persone; cambi la scheda SD se si ripete.
outbox-damaged = I valori in attesa sulla scheda SD erano danneggiati e sono persi: cambi la scheda se si ripete.
card-failed = L'installazione dalla scheda SD è fallita: legga first-boot.txt nella partizione di avvio della scheda.
update-failed = L'aggiornamento è fallito e gira di nuovo la versione precedente: il motivo è in /run/spotter/update.txt sul nodo.
edge-tpu-failed = L'Edge TPU si è guastata e la CPU esegue il modello: ricolleghi il Coral, poi riavvii il nodo.
model-failed = Il modello si è guastato { $a } volte ed è stato ricaricato: riavvii il nodo; se si ripete, controlli la sua memoria.
undervolted = La scheda riceve troppo poca corrente: usi il suo alimentatore e un cavo corto e grosso.
hot = La scheda è a { $a } °C e rallenterà: le dia ombra e aria.
throttled = La scheda rallenta per il caldo o la corrente debole: le dia ombra e aria, controlli l'alimentatore.
disk-full = Restano solo { $a } MB sulla scheda SD: cancelli dei file o usi una scheda più grande.
memory-full = Restano solo { $a } MB di memoria: chiuda altri programmi o riavvii il nodo.
clock-unset = Nessun server dell'ora regola l'orologio: controlli che il banco sia acceso e dia l'ora.
clock-jumped = L'orologio è stato spostato di { $a } s: se si ripete, controlli il server dell'ora del banco.
certificate-ends = Il certificato scade fra { $a } giorni: prepari di nuovo questo nodo.
certificate-ended = Il certificato è scaduto { $a } giorni fa: prepari di nuovo questo nodo.
unstored = Fino a { $a } valori sono solo in memoria, perché non si può scrivere sulla scheda SD: liberi spazio o cambi la scheda.
outbox-filling = Fino a { $a } valori aspettano il banco: controlli il banco e la rete.
outbox-lost = Fino a { $a } valori sono andati persi perché la coda era piena: tenga il banco acceso e collegato.
outbox-older = Il banco ha ricevuto valori che questo nodo non conosce più: la sua scheda SD ha perso i più recenti; la cambi se si ripete.
refused-by-broker = Il broker ha rifiutato { $a } messaggi o connessioni: controlli certificato e permessi di questo nodo.
too-few-counted = Il riferimento conta troppe poche persone, è ancora in rodaggio: ne raccolga di più, poi lo congeli di nuovo.
recalibrating = Ricalibrazione, perché il riferimento non è adatto a questa telecamera: le prime { $a } persone non ricevono valori.
scored-by-few = Ricalibrazione, perché il riferimento non è adatto a questa telecamera: i valori vengono da { $a } persone di questa sola telecamera e migliorano con altre.
sees-otherwise = Questa telecamera vede le persone diversamente da quelle del riferimento (luce, obiettivo, grandezza o vestiti): se resta così, raccolga qui e congeli un riferimento proprio.
baseline-refused = Il riferimento del banco è stato rifiutato ({ $a } finora): { $part ->
        [no-key] manca score.site_key: metta la chiave pubblica del sito su questo nodo.
        [unsigned] non l'ha firmato la chiave di questo sito: lo congeli con quella chiave, o prepari di nuovo il nodo.
        [older] è più vecchio di quello in uso: controlli l'orologio del banco, poi lo congeli di nuovo.
        [recipe] la sua ricetta non è quella di questo nodo: installi ovunque una sola versione, raccolga e congeli di nuovo.
        [mismatch] il suo codice o la sua ricetta non corrisponde al contenuto: lo congeli di nuovo.
        [unsaved] non si può salvare su questo nodo: liberi spazio o cambi la scheda SD.
       *[damaged] è danneggiato: lo congeli di nuovo.
    }
clothes-changed = { $part ->
        [outfit-more] L'abbigliamento è più insolito
        [outfit-less] L'abbigliamento è meno insolito
        [colour-more] I colori sono più insoliti
        [colour-less] I colori sono meno insoliti
        [pattern-more] I motivi sono più insoliti
        [pattern-less] I motivi sono meno insoliti
        [garment-more] I capi sono più insoliti
        [garment-less] I capi sono meno insoliti
        [combination-more] Le coppie di colori sono più insolite
       *[combination-less] Le coppie di colori sono meno insolite
    } di quando è stato fatto il riferimento: raccolga e ne congeli uno nuovo.
old-messages = Invia messaggi di una versione precedente, con { $a } problemi che non si possono mostrare: aggiorni il suo programma.
clock-ahead = Il suo orologio è avanti di { $age } rispetto al banco, perciò gli avvisi sono in ritardo o mancano: controlli che raggiunga il server dell'ora del banco.
clock-behind = Il suo orologio è indietro di { $age } rispetto al banco, perciò gli avvisi sono in ritardo o mancano: controlli che raggiunga il server dell'ora del banco.
old = Ha inviato di nuovo { $a } vecchi avvistamenti: qualcuno ripete messaggi registrati? Nessuno conta due volte; se non sa spiegarlo, spenga questo nodo e gli dia un nuovo certificato.
reused = Ha dato a { $a } nuovi avvistamenti numeri già usati, e sono persi: la sua scheda SD è una vecchia copia; cancelli lì outbox.sqlite e lo riavvii.
again = Ha inviato { $a } avvistamenti più di una volta: controlli rete e corrente. Nessuno conta due volte.
impossible = Ha inviato { $a } avvistamenti le cui cifre si contraddicono o contraddicono il riferimento; non danno avvisi: reinstalli programma e modello.
flood = Invia più messaggi di quanti ne può avere una telecamera, e alcuni sono scartati: se continua, lo spenga e gli dia un nuovo certificato.
held = Annuncia più persone rare di quante se ne possano credere, perciò non dà avvisi: guardi che cosa vede; se sono davvero insolite, permetta i suoi avvisi sulla pagina o con `spotter booth-allow NODE`.
baseline = Misura con un riferimento diverso da quello che annuncia: lo riavvii; se resta così, congeli di nuovo.
twins = Due macchine usano questo nome: ne spenga una, o la prepari con un altro nome.
refused = { $a } suoi messaggi sono stati rifiutati; in alto nella pagina si legge perché e che cosa fare.

silence-offline = È fuori linea: controlli corrente, rete e, sul nodo, `systemctl status spotter-node`.
silence-never = Non si è mai sentito: è acceso, e node.yaml lo chiama come booth.yaml?
silence-no-heartbeat = Non ha dato segni di vita: aspetti mezzo minuto, poi lo riavvii.
silence-stale = Il suo ultimo segno di vita risale a { $age } fa: è in funzione, e c'è rete?
silence-own-clock = Secondo il suo orologio, il suo ultimo segno di vita risale a { $age } fa: è giusto, è in funzione, e c'è rete?
same-software = Ha il programma { $a } ({ $b }: { $c }): aggiorni il più vecchio.
same-model = Ha il modello { $a } ({ $b }: { $c }), i valori non sono confrontabili: lo aggiorni.
same-baseline = Misura con il riferimento { $a } ({ $b }: { $c }): congeli di nuovo, così tutti hanno lo stesso.
clock-set-forward = L'orologio di questa macchina è stato spostato avanti di { $age }, a { $b }: è giusto?
clock-set-back = L'orologio di questa macchina è stato spostato indietro di { $age }, a { $b }: è giusto?
clock-is-behind = L'orologio di questa macchina è indietro di { $age } rispetto a tutte le telecamere, perciò gli avvisi sono in ritardo o mancano: lo regoli, o aspetti che le telecamere lo seguano.
clock-is-ahead = L'orologio di questa macchina è avanti di { $age } rispetto a tutte le telecamere, perciò gli avvisi sono in ritardo o mancano: lo regoli, o aspetti che le telecamere lo seguano.
stock-gone = Non resta nulla da regalare.
one-open = Nessun nuovo avviso finché uno è aperto.
many-open = Nessun nuovo avviso finché { $a } sono aperti.
saving-up = { $a } avvisi nell'ultima ora; il prossimo non prima di { $b } min.
no-frame-usb = Nessuna immagine da { $a } s: controlli la presa USB della telecamera e che nessun altro programma la usi.
camera-lost-usb = La telecamera è stata persa e riaperta { $a } volte negli ultimi minuti: controlli la presa USB della telecamera e che nessun altro programma la usi.
start-camera-usb = La telecamera non ha dato immagini all’avvio: controlli la presa USB della telecamera e che nessun altro programma la usi.
no-frame-net = Nessuna immagine da { $a } s: controlli corrente e rete della telecamera, poi il suo indirizzo, utente e password in node.yaml.
camera-lost-net = La telecamera è stata persa e riaperta { $a } volte negli ultimi minuti: controlli corrente e rete della telecamera, poi il suo indirizzo, utente e password in node.yaml.
start-camera-net = La telecamera non ha dato immagini all’avvio: controlli corrente e rete della telecamera, poi il suo indirizzo, utente e password in node.yaml.
no-frame-file = Nessuna immagine da { $a } s: controlli che la registrazione si possa ancora leggere.
camera-lost-file = La telecamera è stata persa e riaperta { $a } volte negli ultimi minuti: controlli che la registrazione si possa ancora leggere.
start-camera-file = La telecamera non ha dato immagini all’avvio: controlli che la registrazione si possa ancora leggere.
image-frozen-usb = L’immagine è bloccata: stacchi la presa USB della telecamera e la riattacchi.
image-frozen-net = L’immagine è bloccata: riavvii la telecamera, dalla corrente o dalla sua pagina.
frames-dropped-usb = { $a } delle ultime { $b } immagini sono andate perse: raffreddi la scheda, chiuda altri programmi e dia alla telecamera una sua porta USB.
frames-dropped-net = { $a } delle ultime { $b } immagini sono andate perse: abbassi la risoluzione o le immagini al secondo della telecamera e controlli la rete fino a essa.
frames-dropped-file = { $a } delle ultime { $b } immagini sono andate perse: raffreddi la scheda e chiuda altri programmi.
camera-crops = La telecamera mostra solo il { $a } % della larghezza del suo obiettivo: aggiorni il software della telecamera (`sudo apt full-upgrade`), perché i modi del suo sensore non sono noti.
camera-otherwise = La telecamera dà un’altra dimensione o altri colori di quelli richiesti, quindi i suoi valori possono differire: aggiorni il software della telecamera (`sudo apt full-upgrade`); il registro dice come.

aim-people = { $a } persone in { $b } min ({ $c } al minuto)
aim-far = { $a } troppo lontane
aim-good = { $a } bene
aim-near = { $a } troppo vicine
aim-left = { $a } tagliate a sinistra
aim-right = { $a } tagliate a destra
aim-top = { $a } tagliate in alto
aim-bottom = { $a } tagliate in basso
aim-unclear = { $a } poco chiare
aim-blurred = { $a } sfocate
aim-dark = { $a } scure
aim-hidden = { $a } coperte
aim-back = Le persone sono troppo vicine ({ $a } persone su { $b }): allontani la telecamera o usi un obiettivo più largo.
aim-down = Inclini la telecamera verso il basso: { $a } persone su { $b } sono tagliate in basso.
aim-up = Inclini la telecamera verso l'alto: { $a } persone su { $b } sono tagliate in alto.
aim-turn-left = Giri la telecamera a sinistra: { $a } persone su { $b } sono tagliate a sinistra.
aim-turn-right = Giri la telecamera a destra: { $a } persone su { $b } sono tagliate a destra.
aim-nearer = Le persone sono troppo lontane ({ $a } persone su { $b }): avvicini la telecamera, usi un obiettivo più lungo o una misura più fine del modello (models/README.md).
aim-light = È troppo buio ({ $a } persone su { $b }): aggiunga luce o punti un posto illuminato.
aim-sharpen = Le persone sono sfocate ({ $a } persone su { $b }): pulisca l'obiettivo, controlli frame.focus_m e frame.shutter_s o aggiunga luce.
aim-higher = Le persone si coprono a vicenda ({ $a } persone su { $b }): metta la telecamera più in alto o la punti attraverso la strada.
update-fetching = Scarica una versione ({ $a } %).
update-trying = Prova una versione; ci vogliono tre minuti.
update-kept = La versione è in funzione.
update-went-back = Ha provato la versione ed è tornato indietro: { $a }
update-refused = Ha rifiutato la versione: { $a }
update-why-unreachable = Non è stato possibile scaricarla dal banco. È aperta lì la porta dopo quella del broker, e la scheda di questo nodo è di questa versione?
update-why-unsigned = Il sito di questo nodo non l'ha firmata. La firmi, poi la invii di nuovo.
update-why-damaged = Ciò che è stato scaricato è danneggiato o non è una versione. La crei di nuovo, poi la invii di nuovo.
update-why-older = È più vecchia di quella in funzione.
update-why-recipe = La sua ricetta è diversa e ciò che è stato contato non si potrebbe usare. La invii con --force per ripartire da zero.
update-why-space = La scheda è troppo piena.
update-why-settings = Non si è potuta installare o non accetta le impostazioni di questo nodo.
update-why-stopped = Si è fermata da sola.
update-why-failing = Ha segnalato un guasto.
update-why-no-frames = Non ha elaborato immagini. La telecamera sta bene?
update-why-no-broker = Non ha raggiunto il broker.
update-why-interrupted = L'aggiornamento è stato interrotto.
update-why-other = Legga /run/spotter/update.txt sul nodo.
