# Ce qui ne va pas dans une caméra ou au stand, et ce qu'il faut faire. en.ftl explique les valeurs.

seconds = { $n } s
minutes = { $n } min
hours = { $n } h
days = { $n } jours

no-frame = Aucune image depuis { $a } s : vérifiez la caméra et son câble.
lens-covered = L'objectif est couvert : enlevez le cache, l'adhésif ou le sac, et essuyez-le.
image-frozen = L'image est figée : débranchez et rebranchez la caméra, puis vérifiez son câble.
camera-moved = La caméra a bougé : orientez-la comme avant ; si c'était voulu, redémarrez le nœud.
dark = Il fait trop sombre pour distinguer les vêtements : ajoutez de la lumière.
slow = Seulement { $a } images en dix secondes : des passants échappent ; refroidissez la carte ou arrêtez d'autres programmes.
frames-dropped = { $a } images sur { $b } ont été perdues : la carte est trop lente ou la caméra est en panne.
camera-lost = La caméra a été perdue et rouverte { $a } fois : vérifiez son câble.
nobody = Personne n'a été vu depuis { $a } min : vérifiez où la caméra regarde.
nobody-long = Personne n'a été vu depuis { $a } min (la plus longue pause était de { $b } min) : vérifiez où la caméra regarde.
start-model = Le modèle a échoué à son test de démarrage : lancez `spotter models verify` ; changez une carte abîmée.
start-accelerator = L'Edge TPU n'a pas été trouvé au démarrage et le processeur exécute le modèle : branchez le Coral, puis redémarrez le nœud.
start-camera = La caméra n'a donné aucune image au démarrage : vérifiez la caméra et son câble.
start-disk = Impossible d'écrire sur la carte au démarrage : libérez de la place ou changez la carte.
start-clock = L'horloge retardait au démarrage : vérifiez que le stand est allumé et donne l'heure.
start-certificate = Le certificat a échoué à son test de démarrage (le journal dit pourquoi) : reprovisionnez ce nœud.
copy-settings = node.yaml est inutilisable ; sa dernière bonne copie est utilisée : corrigez le fichier (le journal dit comment), puis redémarrez le nœud.
copy-model = Le fichier du modèle est inutilisable ; sa dernière bonne copie est utilisée : corrigez le fichier (le journal dit comment), puis redémarrez le nœud.
copy-baseline = Le fichier de la référence est inutilisable ; sa dernière bonne copie est utilisée : corrigez le fichier (le journal dit comment), puis redémarrez le nœud.
counts-damaged = Les comptages recueillis étaient abîmés : le comptage reprend à { $a } personnes ; changez la carte si cela se répète.
outbox-damaged = Les scores en attente sur la carte étaient abîmés et sont perdus : changez la carte si cela se répète.
card-failed = L'installation depuis la carte a échoué : lisez first-boot.txt sur la partition de démarrage de la carte.
update-failed = La mise à jour a échoué et l'ancienne version tourne de nouveau : la raison est dans /run/spotter/update.txt sur le nœud.
edge-tpu-failed = L'Edge TPU est tombé en panne et le processeur exécute le modèle : rebranchez le Coral, puis redémarrez le nœud.
model-failed = Le modèle a échoué { $a } fois et a été rechargé : redémarrez le nœud ; si cela se répète, vérifiez sa mémoire.
undervolted = La carte reçoit trop peu de courant : utilisez son alimentation et un câble court et épais.
hot = La carte est à { $a } °C et va ralentir : donnez-lui de l'ombre et de l'air.
throttled = La carte ralentit à cause de la chaleur ou du courant : donnez-lui de l'ombre et de l'air, vérifiez l'alimentation.
disk-full = Il ne reste que { $a } Mo sur la carte : supprimez des fichiers ou prenez une carte plus grande.
memory-full = Il ne reste que { $a } Mo de mémoire : arrêtez d'autres programmes ou redémarrez le nœud.
clock-unset = Aucun serveur de temps ne règle l'horloge : vérifiez que le stand est allumé et donne l'heure.
clock-jumped = L'horloge a été changée de { $a } s : si cela se répète, vérifiez le serveur de temps du stand.
certificate-ends = Le certificat expire dans { $a } jours : reprovisionnez ce nœud.
certificate-ended = Le certificat a expiré il y a { $a } jours : reprovisionnez ce nœud.
unstored = Jusqu'à { $a } scores ne sont qu'en mémoire, car on ne peut pas écrire sur la carte : libérez de la place ou changez la carte.
outbox-filling = Jusqu'à { $a } scores attendent le stand : vérifiez le stand et le réseau.
outbox-lost = Jusqu'à { $a } scores ont été perdus, car la file était pleine : gardez le stand allumé et connecté.
outbox-older = Le stand a reçu des scores que ce nœud ne connaît plus : sa carte a perdu les plus récents ; changez-la si cela se répète.
refused-by-broker = Le broker a refusé { $a } messages ou connexions : vérifiez le certificat et les droits de ce nœud.
too-few-counted = La référence compte trop peu de personnes, elle est encore en rodage : recueillez-en plus, puis figez de nouveau.
recalibrating = Recalibrage, car la référence ne convient pas à cette caméra : les { $a } premières personnes n'ont pas de score.
scored-by-few = Recalibrage, car la référence ne convient pas à cette caméra : les scores viennent de { $a } personnes de cette seule caméra et s'affinent avec le nombre.
sees-otherwise = Cette caméra voit les gens autrement que celles de la référence (lumière, objectif, taille ou vêtements) : si cela dure, recueillez ici et figez une référence propre.
baseline-refused = La référence du stand a été refusée ({ $a } fois jusqu'ici) : { $part ->
        [no-key] score.site_key manque : mettez la clé publique du site sur ce nœud.
        [unsigned] la clé de ce site ne l'a pas signée : figez avec cette clé, ou reprovisionnez ce nœud.
        [older] elle est plus ancienne que celle utilisée : vérifiez l'horloge du stand, puis figez de nouveau.
        [recipe] sa recette n'est pas celle de ce nœud : installez partout une même version, recueillez et figez de nouveau.
        [mismatch] son identifiant ou sa recette ne correspond pas au contenu : figez de nouveau.
        [unsaved] elle ne peut pas être enregistrée sur ce nœud : libérez de la place ou changez la carte.
       *[damaged] elle est abîmée : figez de nouveau.
    }
clothes-changed = { $part ->
        [outfit-more] Les tenues sont plus inhabituelles
        [outfit-less] Les tenues sont moins inhabituelles
        [colour-more] Les couleurs sont plus inhabituelles
        [colour-less] Les couleurs sont moins inhabituelles
        [pattern-more] Les motifs sont plus inhabituels
        [pattern-less] Les motifs sont moins inhabituels
        [garment-more] Les vêtements sont plus inhabituels
        [garment-less] Les vêtements sont moins inhabituels
        [combination-more] Les paires de couleurs sont plus inhabituelles
       *[combination-less] Les paires de couleurs sont moins inhabituelles
    } qu'au moment où la référence a été faite : recueillez et figez-en une nouvelle.
old-messages = Il envoie des messages d'une ancienne version, avec { $a } problèmes qu'on ne peut pas montrer : mettez son logiciel à jour.
clock-ahead = Son horloge avance de { $age } sur celle du stand, les alertes sont en retard ou manquent : vérifiez qu'il atteint le serveur de temps du stand.
clock-behind = Son horloge retarde de { $age } sur celle du stand, les alertes sont en retard ou manquent : vérifiez qu'il atteint le serveur de temps du stand.
old = Il a renvoyé { $a } anciennes observations : quelqu'un rejoue-t-il des messages enregistrés ? Aucune ne compte double ; sans explication, éteignez ce nœud et donnez-lui un nouveau certificat.
reused = Il a donné à { $a } nouvelles observations des numéros déjà pris, elles sont perdues : sa carte est une copie ancienne ; supprimez-y outbox.sqlite et redémarrez-le.
again = Il a envoyé { $a } observations plusieurs fois : vérifiez réseau et courant. Aucune ne compte double.
impossible = Il a envoyé { $a } observations dont les chiffres se contredisent ou contredisent sa référence ; elles ne donnent pas d'alerte : réinstallez logiciel et modèle.
flood = Il envoie plus de messages qu'une caméra ne peut en avoir, certains sont écartés : si cela dure, éteignez-le et donnez-lui un nouveau certificat.
held = Il annonce plus de gens rares qu'on ne peut croire et ne donne donc pas d'alerte : regardez ce qu'il voit ; s'ils sont vraiment inhabituels, autorisez ses alertes sur la page ou avec `spotter booth-allow NODE`.
baseline = Il mesure avec une autre référence que celle qu'il annonce : redémarrez-le ; si cela dure, figez de nouveau.
twins = Deux machines utilisent ce nom : éteignez-en une, ou provisionnez-la sous un autre nom.
refused = { $a } de ses messages ont été refusés ; le haut de la page dit pourquoi et que faire.

silence-offline = Il est hors ligne : vérifiez courant, réseau et, sur le nœud, `systemctl status spotter-node`.
silence-never = On ne l'a jamais entendu : est-il allumé, et node.yaml le nomme-t-il comme booth.yaml ?
silence-no-heartbeat = Il n'a pas donné signe de vie : attendez une demi-minute, puis redémarrez-le.
silence-stale = Son dernier signe de vie date d'il y a { $age } : tourne-t-il, et le réseau marche-t-il ?
silence-own-clock = Selon sa propre horloge, son dernier signe de vie date d'il y a { $age } : est-elle juste, tourne-t-il, et le réseau marche-t-il ?
same-software = Il a le logiciel { $a } ({ $b } : { $c }) : mettez à jour le plus ancien.
same-model = Il a le modèle { $a } ({ $b } : { $c }), les scores ne sont pas comparables : mettez-le à jour.
same-baseline = Il mesure avec la référence { $a } ({ $b } : { $c }) : figez de nouveau, pour que tous aient la même.
clock-set-forward = L'horloge de cette machine a été avancée de { $age }, à { $b } : est-ce juste ?
clock-set-back = L'horloge de cette machine a été reculée de { $age }, à { $b } : est-ce juste ?
clock-is-behind = L'horloge de cette machine retarde de { $age } sur toutes les caméras, les alertes sont en retard ou manquent : réglez-la, ou attendez que les caméras la suivent.
clock-is-ahead = L'horloge de cette machine avance de { $age } sur toutes les caméras, les alertes sont en retard ou manquent : réglez-la, ou attendez que les caméras la suivent.
stock-gone = Il n'y a plus rien à offrir.
one-open = Pas de nouvelle alerte tant qu'une est ouverte.
many-open = Pas de nouvelle alerte tant que { $a } sont ouvertes.
saving-up = { $a } alertes dans la dernière heure ; la prochaine dans { $b } min au plus tôt.
no-frame-usb = Aucune image depuis { $a } s : vérifiez la prise USB de la caméra et qu’aucun autre programme ne l’utilise.
camera-lost-usb = La caméra a été perdue et rouverte { $a } fois ces dernières minutes : vérifiez la prise USB de la caméra et qu’aucun autre programme ne l’utilise.
start-camera-usb = La caméra n’a donné aucune image au démarrage : vérifiez la prise USB de la caméra et qu’aucun autre programme ne l’utilise.
no-frame-net = Aucune image depuis { $a } s : vérifiez l’alimentation et le réseau de la caméra, puis son adresse, son utilisateur et son mot de passe dans node.yaml.
camera-lost-net = La caméra a été perdue et rouverte { $a } fois ces dernières minutes : vérifiez l’alimentation et le réseau de la caméra, puis son adresse, son utilisateur et son mot de passe dans node.yaml.
start-camera-net = La caméra n’a donné aucune image au démarrage : vérifiez l’alimentation et le réseau de la caméra, puis son adresse, son utilisateur et son mot de passe dans node.yaml.
no-frame-file = Aucune image depuis { $a } s : vérifiez que l’enregistrement peut encore être lu.
camera-lost-file = La caméra a été perdue et rouverte { $a } fois ces dernières minutes : vérifiez que l’enregistrement peut encore être lu.
start-camera-file = La caméra n’a donné aucune image au démarrage : vérifiez que l’enregistrement peut encore être lu.
image-frozen-usb = L’image est figée : débranchez la prise USB de la caméra et rebranchez-la.
image-frozen-net = L’image est figée : redémarrez la caméra, par son alimentation ou sur sa propre page.
frames-dropped-usb = { $a } des { $b } dernières images ont été perdues : refroidissez la carte, fermez les autres programmes et donnez à la caméra son propre port USB.
frames-dropped-net = { $a } des { $b } dernières images ont été perdues : réduisez la résolution ou la cadence de la caméra et vérifiez le réseau jusqu’à elle.
frames-dropped-file = { $a } des { $b } dernières images ont été perdues : refroidissez la carte et fermez les autres programmes.
camera-crops = La caméra ne montre que { $a } % de la largeur de son objectif : mettez à jour le logiciel de la caméra (`sudo apt full-upgrade`), car les modes de son capteur ne sont pas connus.
camera-otherwise = La caméra donne une autre taille ou d’autres couleurs que demandé, ses valeurs peuvent donc différer : mettez à jour le logiciel de la caméra (`sudo apt full-upgrade`) ; le journal dit comment.

aim-people = { $a } personnes en { $b } min ({ $c } par minute)
aim-far = { $a } trop loin
aim-good = { $a } bien
aim-near = { $a } trop près
aim-left = { $a } coupées à gauche
aim-right = { $a } coupées à droite
aim-top = { $a } coupées en haut
aim-bottom = { $a } coupées en bas
aim-unclear = { $a } peu claires
aim-blurred = { $a } floues
aim-dark = { $a } sombres
aim-hidden = { $a } cachées
aim-back = Les personnes sont trop près ({ $a } personnes sur { $b }) : éloignez la caméra ou prenez un objectif plus large.
aim-down = Inclinez la caméra vers le bas : { $a } personnes sur { $b } sont coupées en bas.
aim-up = Inclinez la caméra vers le haut : { $a } personnes sur { $b } sont coupées en haut.
aim-turn-left = Tournez la caméra vers la gauche : { $a } personnes sur { $b } sont coupées à gauche.
aim-turn-right = Tournez la caméra vers la droite : { $a } personnes sur { $b } sont coupées à droite.
aim-nearer = Les personnes sont trop loin ({ $a } personnes sur { $b }) : rapprochez la caméra, prenez un objectif plus long ou une taille plus fine du modèle (models/README.md).
aim-light = Il fait trop sombre ({ $a } personnes sur { $b }) : ajoutez de la lumière ou visez un endroit éclairé.
aim-sharpen = Les personnes sont floues ({ $a } personnes sur { $b }) : essuyez l'objectif, vérifiez frame.focus_m et frame.shutter_s ou ajoutez de la lumière.
aim-higher = Les personnes se cachent les unes les autres ({ $a } personnes sur { $b }) : placez la caméra plus haut ou visez en travers de la rue.
update-fetching = Télécharge une version ({ $a } %).
update-trying = Essaie une version ; cela prend trois minutes.
update-kept = La version tourne.
update-went-back = A essayé la version et est revenu en arrière : { $a }
update-refused = A refusé la version : { $a }
update-why-unreachable = Elle n'a pas pu être téléchargée depuis le stand. Le port après celui du broker y est-il ouvert, et la carte de ce nœud est-elle de cette version ?
update-why-unsigned = Le site de ce nœud ne l'a pas signée. Signez-la, puis envoyez-la de nouveau.
update-why-damaged = Ce qui a été téléchargé est endommagé ou n'est pas une version. Recréez-la, puis envoyez-la de nouveau.
update-why-older = Elle est plus ancienne que celle qui tourne.
update-why-recipe = Sa recette est différente, ce qui a été compté serait inutilisable. Envoyez-la avec --force pour recommencer à zéro.
update-why-space = La carte est trop pleine.
update-why-settings = Elle n'a pas pu être installée ou n'accepte pas les réglages de ce nœud.
update-why-stopped = Elle s'est arrêtée d'elle-même.
update-why-failing = Elle a signalé une panne.
update-why-no-frames = Elle n'a traité aucune image. La caméra va-t-elle bien ?
update-why-no-broker = Elle n'a pas atteint le broker.
update-why-interrupted = La mise à jour a été interrompue.
update-why-other = Lisez /run/spotter/update.txt sur le nœud.
