# Vad som är fel på en kamera eller i båset, och vad som ska göras. en.ftl förklarar värdena.

seconds = { $n } s
minutes = { $n } min
hours = { $n } h
days = { $n } dagar

no-frame = Ingen bild på { $a } s: kontrollera kameran och dess kabel.
lens-covered = Objektivet är övertäckt: ta bort lock, tejp eller påse, och torka av det.
image-frozen = Bilden står still: dra ur kamerans kontakt och sätt i den igen, kontrollera sedan kabeln.
camera-moved = Kameran har flyttats: rikta den som förut; var det med flit, starta om noden.
dark = Det är för mörkt för att skilja kläder åt: ordna mer ljus.
slow = Bara { $a } bilder på tio sekunder: folk missas; kyl kortet eller stäng andra program.
frames-dropped = { $a } av { $b } bilder föll bort: kortet är för långsamt eller kameran trasig.
camera-lost = Kameran tappades och öppnades igen { $a } gånger: kontrollera dess kabel.
nobody = Ingen har setts på { $a } min: kontrollera vart kameran pekar.
nobody-long = Ingen har setts på { $a } min (den längsta pausen hittills var { $b } min): kontrollera vart kameran pekar.
start-model = Modellen klarade inte provet vid start: kör `spotter models verify`; byt ett skadat minneskort.
start-accelerator = Edge TPU hittades inte vid start, så processorn kör modellen: sätt i Coral-enheten och starta om noden.
start-camera = Kameran gav ingen bild vid start: kontrollera kameran och dess kabel.
start-disk = Det gick inte att skriva på minneskortet vid start: frigör plats eller byt kortet.
start-clock = Klockan gick efter vid start: kontrollera att båset är på och ger tid.
start-certificate = Certifikatet klarade inte provet vid start (loggen säger varför): förbered noden på nytt.
copy-settings = node.yaml kan inte användas; den senaste bra kopian gäller: rätta filen (loggen säger hur) och starta om noden.
copy-model = Modellens fil kan inte användas; den senaste bra kopian gäller: rätta filen (loggen säger hur) och starta om noden.
copy-baseline = Jämförelsens fil kan inte användas; den senaste bra kopian gäller: rätta filen (loggen säger hur) och starta om noden.
counts-damaged = De samlade räkningarna var skadade: räkningen fortsätter från { $a } personer; byt minneskortet om det händer igen.
outbox-damaged = Värdena som väntade på minneskortet var skadade och är borta: byt kortet om det händer igen.
card-failed = Installationen från minneskortet misslyckades: läs first-boot.txt på kortets startpartition.
update-failed = Uppdateringen misslyckades och den gamla versionen körs igen: varför står i /run/spotter/update.txt på noden.
edge-tpu-failed = Edge TPU slutade fungera, så processorn kör modellen: sätt i Coral-enheten igen och starta om noden.
model-failed = Modellen slutade fungera { $a } gånger och laddades om: starta om noden; händer det igen, kontrollera dess minne.
undervolted = Kortet får för lite ström: använd dess eget nätaggregat och en kort, tjock kabel.
hot = Kortet är { $a } °C varmt och blir långsammare: ge det skugga och luft.
throttled = Kortet bromsar sig på grund av värme eller svag ström: ge det skugga och luft, kontrollera nätaggregatet.
disk-full = Bara { $a } MB är lediga på minneskortet: radera filer eller ta ett större kort.
memory-full = Bara { $a } MB minne är ledigt: stäng andra program eller starta om noden.
clock-unset = Ingen tidsserver ställer klockan: kontrollera att båset är på och ger tid.
clock-jumped = Klockan ställdes om { $a } s: händer det igen, kontrollera båsets tidsserver.
certificate-ends = Certifikatet går ut om { $a } dagar: förbered noden på nytt.
certificate-ended = Certifikatet gick ut för { $a } dagar sedan: förbered noden på nytt.
unstored = Upp till { $a } värden finns bara i minnet, då det inte går att skriva på minneskortet: frigör plats eller byt kortet.
outbox-filling = Upp till { $a } värden väntar på båset: kontrollera båset och nätverket.
outbox-lost = Upp till { $a } värden gick förlorade då utkorgen var full: låt båset vara på och anslutet.
outbox-older = Båset har värden som noden inte längre känner till: dess minneskort tappade de nyaste; byt det om det händer igen.
refused-by-broker = Brokern avvisade { $a } meddelanden eller anslutningar: kontrollera nodens certifikat och åtkomstregler.
too-few-counted = Jämförelsen omfattar för få personer, så den värms fortfarande upp: samla fler och frys på nytt.
recalibrating = Kalibreras om, då jämförelsen inte passar kameran: de första { $a } personerna får inget värde.
scored-by-few = Kalibreras om, då jämförelsen inte passar kameran: värdena kommer från { $a } personer vid bara den här kameran och blir finare med fler.
sees-otherwise = Kameran ser folk annorlunda än jämförelsens kameror gjorde (ljus, objektiv, storlek eller kläder): fortsätter det, samla här och frys en egen jämförelse.
baseline-refused = Båsets jämförelse avvisades ({ $a } hittills): { $part ->
        [no-key] score.site_key saknas: lägg platsens öppna nyckel på noden.
        [unsigned] platsens nyckel har inte signerat den: frys med den nyckeln, eller förbered noden på nytt.
        [older] den är äldre än den som används: kontrollera båsets klocka och frys på nytt.
        [recipe] dess recept är inte nodens: installera samma version överallt, samla och frys på nytt.
        [mismatch] dess id eller recept stämmer inte med innehållet: frys på nytt.
        [unsaved] den kan inte sparas på noden: frigör plats eller byt minneskortet.
       *[damaged] den är skadad: frys på nytt.
    }
clothes-changed = { $part ->
        [outfit-more] Klädseln är ovanligare
        [outfit-less] Klädseln är vanligare
        [colour-more] Färgerna är ovanligare
        [colour-less] Färgerna är vanligare
        [pattern-more] Mönstren är ovanligare
        [pattern-less] Mönstren är vanligare
        [garment-more] Plaggen är ovanligare
        [garment-less] Plaggen är vanligare
        [combination-more] Färgparen är ovanligare
       *[combination-less] Färgparen är vanligare
    } än när jämförelsen gjordes: samla och frys en ny.
old-messages = Den skickar meddelanden av en äldre version, med { $a } problem som inte kan visas: uppdatera dess program.
clock-ahead = Dess klocka går { $age } före båsets, så larm kommer sent eller inte alls: kontrollera att den når båsets tidsserver.
clock-behind = Dess klocka går { $age } efter båsets, så larm kommer sent eller inte alls: kontrollera att den når båsets tidsserver.
old = Den skickade { $a } gamla iakttagelser igen: spelar någon upp inspelade meddelanden? Ingen räknas två gånger; kan du inte förklara det, stäng av noden och ge den ett nytt certifikat.
reused = Den gav { $a } nya iakttagelser nummer som redan använts, så de är borta: dess minneskort är en äldre kopia; radera outbox.sqlite på det och starta om den.
again = Den skickade { $a } iakttagelser mer än en gång: kontrollera nätverk och ström. Ingen räknas två gånger.
impossible = Den skickade { $a } iakttagelser vars siffror säger emot varandra eller jämförelsen; de ger inga larm: installera om program och modell.
flood = Den skickar fler meddelanden än en kamera kan ha, så en del kastas: fortsätter det, stäng av den och ge den ett nytt certifikat.
held = Den anmäler fler ovanliga personer än man kan tro, så den ger inga larm: titta på vad den ser; är de verkligen ovanliga, tillåt dess larm på sidan eller med `spotter booth-allow NODE`.
baseline = Den mäter mot en annan jämförelse än den uppger: starta om den; fortsätter det, frys på nytt.
twins = Två maskiner använder det här namnet: stäng av en, eller förbered den under ett annat namn.
refused = { $a } av dess meddelanden avvisades; överst på sidan står varför och vad som ska göras.

silence-offline = Den är nedkopplad: kontrollera ström, nätverk och, på noden, `systemctl status spotter-node`.
silence-never = Den har aldrig hörts: är den på, och heter den lika i node.yaml och booth.yaml?
silence-no-heartbeat = Den har inte gett något livstecken: vänta en halv minut och starta sedan om den.
silence-stale = Dess senaste livstecken kom för { $age } sedan: är den igång, och fungerar nätverket?
silence-own-clock = Enligt dess egen klocka kom det senaste livstecknet för { $age } sedan: går den rätt, är den igång, och fungerar nätverket?
same-software = Den har programmet { $a } ({ $b }: { $c }): uppdatera det äldre.
same-model = Den har modellen { $a } ({ $b }: { $c }), så värdena kan inte jämföras: uppdatera den.
same-baseline = Den mäter mot jämförelsen { $a } ({ $b }: { $c }): frys på nytt, så att alla har samma.
clock-set-forward = Datorns klocka ställdes fram { $age }, till { $b }: stämmer det?
clock-set-back = Datorns klocka ställdes tillbaka { $age }, till { $b }: stämmer det?
clock-is-behind = Datorns klocka går { $age } efter alla kamerors, så larm kommer sent eller inte alls: ställ den, eller vänta tills kamerorna följer den.
clock-is-ahead = Datorns klocka går { $age } före alla kamerors, så larm kommer sent eller inte alls: ställ den, eller vänta tills kamerorna följer den.
stock-gone = Det finns inget kvar att dela ut.
one-open = Inget nytt larm så länge ett är öppet.
many-open = Inget nytt larm så länge { $a } är öppna.
saving-up = { $a } larm den senaste timmen; nästa tidigast om { $b } min.
no-frame-usb = Ingen bild på { $a } s: kontrollera kamerans USB-kontakt och att inget annat program använder den.
camera-lost-usb = Kameran försvann och öppnades igen { $a } gånger de senaste minuterna: kontrollera kamerans USB-kontakt och att inget annat program använder den.
start-camera-usb = Kameran gav ingen bild vid starten: kontrollera kamerans USB-kontakt och att inget annat program använder den.
no-frame-net = Ingen bild på { $a } s: kontrollera kamerans ström och nätverk, sedan dess adress, användare och lösenord i node.yaml.
camera-lost-net = Kameran försvann och öppnades igen { $a } gånger de senaste minuterna: kontrollera kamerans ström och nätverk, sedan dess adress, användare och lösenord i node.yaml.
start-camera-net = Kameran gav ingen bild vid starten: kontrollera kamerans ström och nätverk, sedan dess adress, användare och lösenord i node.yaml.
no-frame-file = Ingen bild på { $a } s: kontrollera att inspelningen fortfarande går att läsa.
camera-lost-file = Kameran försvann och öppnades igen { $a } gånger de senaste minuterna: kontrollera att inspelningen fortfarande går att läsa.
start-camera-file = Kameran gav ingen bild vid starten: kontrollera att inspelningen fortfarande går att läsa.
image-frozen-usb = Bilden står still: dra ut kamerans USB-kontakt och sätt i den igen.
image-frozen-net = Bilden står still: starta om kameran, med strömmen eller på dess egen sida.
frames-dropped-usb = { $a } av de senaste { $b } bilderna föll bort: kyl kortet, stäng andra program och ge kameran en egen USB-port.
frames-dropped-net = { $a } av de senaste { $b } bilderna föll bort: sänk kamerans upplösning eller bildfrekvens och kontrollera nätverket till den.
frames-dropped-file = { $a } av de senaste { $b } bilderna föll bort: kyl kortet och stäng andra program.
camera-crops = Kameran visar bara { $a } % av objektivets bredd: uppdatera kamerans programvara (`sudo apt full-upgrade`), eftersom sensorns lägen inte är kända.
camera-otherwise = Kameran ger en annan storlek eller andra färger än begärt, så dess värden kan avvika: uppdatera kamerans programvara (`sudo apt full-upgrade`); loggen säger hur.

aim-people = { $a } personer på { $b } min ({ $c } i minuten)
aim-far = { $a } för långt bort
aim-good = { $a } bra
aim-near = { $a } för nära
aim-left = { $a } avskurna till vänster
aim-right = { $a } avskurna till höger
aim-top = { $a } avskurna upptill
aim-bottom = { $a } avskurna nedtill
aim-unclear = { $a } otydliga
aim-blurred = { $a } suddiga
aim-dark = { $a } mörka
aim-hidden = { $a } skymda
aim-back = Människor är för nära ({ $a } av { $b } personer): flytta bort kameran eller ta ett vidare objektiv.
aim-down = Luta kameran nedåt: { $a } av { $b } personer är avskurna nedtill.
aim-up = Luta kameran uppåt: { $a } av { $b } personer är avskurna upptill.
aim-turn-left = Vrid kameran åt vänster: { $a } av { $b } personer är avskurna till vänster.
aim-turn-right = Vrid kameran åt höger: { $a } av { $b } personer är avskurna till höger.
aim-nearer = Människor är för långt bort ({ $a } av { $b } personer): flytta kameran närmare, ta ett längre objektiv eller en finare storlek av modellen (models/README.md).
aim-light = Det är för mörkt ({ $a } av { $b } personer): sätt upp ljus eller rikta kameran mot en upplyst plats.
aim-sharpen = Människor är suddiga ({ $a } av { $b } personer): torka av objektivet, kontrollera frame.focus_m och frame.shutter_s eller sätt upp ljus.
aim-higher = Människor skymmer varandra ({ $a } av { $b } personer): sätt kameran högre eller rikta den tvärs över gatan.
update-fetching = Hämtar en version ({ $a } %).
update-trying = Prövar en version; det tar tre minuter.
update-kept = Kör versionen.
update-went-back = Prövade versionen och gick tillbaka: { $a }
update-refused = Avvisade versionen: { $a }
update-why-unreachable = Den gick inte att hämta från båset. Är porten efter brokerns öppen där, och är nodens kort av den här versionen?
update-why-unsigned = Nodens plats har inte signerat den. Signera den och skicka den igen.
update-why-damaged = Det som hämtades är skadat eller ingen version. Bygg den igen och skicka den igen.
update-why-older = Den är äldre än den som körs.
update-why-recipe = Dess recept är ett annat, så det som räknats gick inte att använda. Skicka den med --force för att börja från noll.
update-why-space = Kortet är för fullt.
update-why-settings = Den gick inte att installera, eller godtar inte nodens inställningar.
update-why-stopped = Den slutade av sig själv.
update-why-failing = Den rapporterade att den är trasig.
update-why-no-frames = Den behandlade inga bilder. Mår kameran bra?
update-why-no-broker = Den nådde inte brokern.
update-why-interrupted = Uppdateringen avbröts.
update-why-other = Läs /run/spotter/update.txt på noden.
