# Qué falla en una cámara o en el puesto, y qué hay que hacer. en.ftl explica los valores.

seconds = { $n } s
minutes = { $n } min
hours = { $n } h
days = { $n } días

no-frame = Ninguna imagen desde hace { $a } s: revise la cámara y su cable.
lens-covered = El objetivo está tapado: quite la tapa, la cinta o la bolsa, y límpielo.
image-frozen = La imagen está congelada: desenchufe la cámara y vuelva a enchufarla; luego revise su cable.
camera-moved = La cámara se ha movido: oriéntela como antes; si fue a propósito, reinicie el nodo.
dark = Está demasiado oscuro para distinguir la ropa: ponga luz.
slow = Solo { $a } imágenes en diez segundos: se pierde a gente; enfríe la placa o cierre otros programas.
frames-dropped = Se perdieron { $a } de { $b } imágenes: la placa es demasiado lenta o la cámara falla.
camera-lost = La cámara se perdió y se abrió de nuevo { $a } veces: revise su cable.
nobody = No se ha visto a nadie desde hace { $a } min: revise hacia dónde mira la cámara.
nobody-long = No se ha visto a nadie desde hace { $a } min (la pausa más larga fue de { $b } min): revise hacia dónde mira la cámara.
start-model = El modelo no pasó su prueba al arrancar: ejecute `spotter models verify`; cambie la tarjeta si está dañada.
start-accelerator = No se encontró la Edge TPU al arrancar y la CPU ejecuta el modelo: conecte el Coral y reinicie el nodo.
start-camera = La cámara no dio ninguna imagen al arrancar: revise la cámara y su cable.
start-disk = No se pudo escribir en la tarjeta al arrancar: libere espacio o cambie la tarjeta.
start-clock = El reloj iba atrasado al arrancar: revise que el puesto esté encendido y dé la hora.
start-certificate = El certificado no pasó su prueba al arrancar (el registro dice por qué): vuelva a aprovisionar este nodo.
copy-settings = node.yaml no sirve; se usa su última copia buena: corrija el archivo (el registro dice cómo) y reinicie el nodo.
copy-model = El archivo del modelo no sirve; se usa su última copia buena: corrija el archivo (el registro dice cómo) y reinicie el nodo.
copy-baseline = El archivo de la referencia no sirve; se usa su última copia buena: corrija el archivo (el registro dice cómo) y reinicie el nodo.
counts-damaged = Los recuentos reunidos estaban dañados: se sigue contando desde { $a } personas; cambie la tarjeta si se repite.
outbox-damaged = Los valores que esperaban en la tarjeta estaban dañados y se perdieron: cambie la tarjeta si se repite.
card-failed = La instalación desde la tarjeta falló: lea first-boot.txt en la partición de arranque de la tarjeta.
update-failed = La actualización falló y vuelve a funcionar la versión anterior: el motivo está en /run/spotter/update.txt del nodo.
edge-tpu-failed = La Edge TPU falló y la CPU ejecuta el modelo: vuelva a conectar el Coral y reinicie el nodo.
model-failed = El modelo falló { $a } veces y se cargó de nuevo: reinicie el nodo; si se repite, revise su memoria.
undervolted = La placa recibe poca corriente: use su propia fuente y un cable corto y grueso.
hot = La placa está a { $a } °C e irá más lenta: déle sombra y aire.
throttled = La placa se frena por calor o poca corriente: déle sombra y aire, revise la fuente.
disk-full = Solo quedan { $a } MB en la tarjeta: borre archivos o use una tarjeta mayor.
memory-full = Solo quedan { $a } MB de memoria: cierre otros programas o reinicie el nodo.
clock-unset = Ningún servidor de hora ajusta el reloj: revise que el puesto esté encendido y dé la hora.
clock-jumped = El reloj se cambió en { $a } s: si se repite, revise el servidor de hora del puesto.
certificate-ends = El certificado vence en { $a } días: vuelva a aprovisionar este nodo.
certificate-ended = El certificado venció hace { $a } días: vuelva a aprovisionar este nodo.
unstored = Hasta { $a } valores están solo en memoria porque no se puede escribir en la tarjeta: libere espacio o cambie la tarjeta.
outbox-filling = Hasta { $a } valores esperan al puesto: revise el puesto y la red.
outbox-lost = Se perdieron hasta { $a } valores porque la cola estaba llena: mantenga el puesto encendido y conectado.
outbox-older = El puesto tiene valores que este nodo ya no conoce: su tarjeta perdió los más nuevos; cámbiela si se repite.
refused-by-broker = El broker rechazó { $a } mensajes o conexiones: revise el certificado y los permisos de este nodo.
too-few-counted = La referencia tiene muy poca gente, aún está en rodaje: reúna más y vuelva a congelar.
recalibrating = Recalibrando, pues la referencia no encaja con esta cámara: las primeras { $a } personas no reciben valor.
scored-by-few = Recalibrando, pues la referencia no encaja con esta cámara: los valores salen de { $a } personas de esta sola cámara y se afinan con más.
sees-otherwise = Esta cámara ve a la gente de otro modo que las de la referencia (luz, objetivo, tamaño o ropa): si sigue así, reúna aquí y congele una referencia propia.
baseline-refused = La referencia del puesto fue rechazada ({ $a } hasta ahora): { $part ->
        [no-key] falta score.site_key: ponga la clave pública del sitio en este nodo.
        [unsigned] no la firmó la clave de este sitio: congele con esa clave, o vuelva a aprovisionar este nodo.
        [older] es más antigua que la que se usa: revise el reloj del puesto y vuelva a congelar.
        [recipe] su receta no es la de este nodo: instale una misma versión en todos, reúna y vuelva a congelar.
        [mismatch] su identificador o receta no corresponde al contenido: vuelva a congelar.
        [unsaved] no se puede guardar en este nodo: libere espacio o cambie la tarjeta.
       *[damaged] está dañada: vuelva a congelar.
    }
clothes-changed = { $part ->
        [outfit-more] La ropa es más inusual
        [outfit-less] La ropa es menos inusual
        [colour-more] Los colores son más inusuales
        [colour-less] Los colores son menos inusuales
        [pattern-more] Los estampados son más inusuales
        [pattern-less] Los estampados son menos inusuales
        [garment-more] Las prendas son más inusuales
        [garment-less] Las prendas son menos inusuales
        [combination-more] Las parejas de colores son más inusuales
       *[combination-less] Las parejas de colores son menos inusuales
    } que cuando se hizo la referencia: reúna y congele una nueva.
old-messages = Envía mensajes de una versión anterior, con { $a } problemas que no se pueden mostrar: actualice su programa.
clock-ahead = Su reloj va { $age } adelantado respecto al puesto, por eso las alertas llegan tarde o faltan: revise que alcance el servidor de hora del puesto.
clock-behind = Su reloj va { $age } atrasado respecto al puesto, por eso las alertas llegan tarde o faltan: revise que alcance el servidor de hora del puesto.
old = Volvió a enviar { $a } avistamientos antiguos: ¿alguien repite mensajes grabados? Ninguno cuenta dos veces; si no lo puede explicar, apague este nodo y déle un certificado nuevo.
reused = Dio a { $a } avistamientos nuevos números ya usados y se perdieron: su tarjeta es una copia antigua; borre en ella outbox.sqlite y reinícielo.
again = Envió { $a } avistamientos más de una vez: revise red y corriente. Ninguno cuenta dos veces.
impossible = Envió { $a } avistamientos cuyas cifras se contradicen o contradicen su referencia; no causan alertas: reinstale programa y modelo.
flood = Envía más mensajes de los que puede tener una cámara y algunos se descartan: si sigue así, apáguelo y déle un certificado nuevo.
held = Anuncia más gente rara de la que se puede creer y por eso no causa alertas: mire qué ve; si de verdad es inusual, permita sus alertas en la página o con `spotter booth-allow NODE`.
baseline = Mide con otra referencia que la que anuncia: reinícielo; si sigue así, vuelva a congelar.
twins = Dos máquinas usan este nombre: apague una o aprovisiónela con otro nombre.
refused = Se rechazaron { $a } de sus mensajes; arriba en la página dice por qué y qué hacer.

silence-offline = Está desconectado: revise corriente, red y, en el nodo, `systemctl status spotter-node`.
silence-never = Nunca se ha oído: ¿está encendido, y lo nombra node.yaml igual que booth.yaml?
silence-no-heartbeat = No ha dado señal de vida: espere medio minuto y reinícielo.
silence-stale = Su última señal de vida fue hace { $age }: ¿funciona, y hay red?
silence-own-clock = Según su propio reloj, su última señal de vida fue hace { $age }: ¿es correcto, funciona, y hay red?
same-software = Tiene el programa { $a } ({ $b }: { $c }): actualice el más antiguo.
same-model = Tiene el modelo { $a } ({ $b }: { $c }) y los valores no se pueden comparar: actualícelo.
same-baseline = Mide con la referencia { $a } ({ $b }: { $c }): vuelva a congelar para que todos tengan la misma.
clock-set-forward = El reloj de esta máquina se adelantó { $age }, a { $b }: ¿es correcto?
clock-set-back = El reloj de esta máquina se atrasó { $age }, a { $b }: ¿es correcto?
clock-is-behind = El reloj de esta máquina va { $age } atrasado respecto a todas las cámaras, por eso las alertas llegan tarde o faltan: póngalo en hora o espere a que las cámaras lo sigan.
clock-is-ahead = El reloj de esta máquina va { $age } adelantado respecto a todas las cámaras, por eso las alertas llegan tarde o faltan: póngalo en hora o espere a que las cámaras lo sigan.
stock-gone = No queda nada que regalar.
one-open = Ninguna alerta nueva mientras haya una abierta.
many-open = Ninguna alerta nueva mientras haya { $a } abiertas.
saving-up = { $a } alertas en la última hora; la próxima, dentro de { $b } min como pronto.
no-frame-usb = Ninguna imagen desde hace { $a } s: revise el conector USB de la cámara y que ningún otro programa la use.
camera-lost-usb = La cámara se perdió y se abrió de nuevo { $a } veces en los últimos minutos: revise el conector USB de la cámara y que ningún otro programa la use.
start-camera-usb = La cámara no dio ninguna imagen al arrancar: revise el conector USB de la cámara y que ningún otro programa la use.
no-frame-net = Ninguna imagen desde hace { $a } s: revise la corriente y la red de la cámara; luego su dirección, usuario y contraseña en node.yaml.
camera-lost-net = La cámara se perdió y se abrió de nuevo { $a } veces en los últimos minutos: revise la corriente y la red de la cámara; luego su dirección, usuario y contraseña en node.yaml.
start-camera-net = La cámara no dio ninguna imagen al arrancar: revise la corriente y la red de la cámara; luego su dirección, usuario y contraseña en node.yaml.
no-frame-file = Ninguna imagen desde hace { $a } s: revise que la grabación aún se pueda leer.
camera-lost-file = La cámara se perdió y se abrió de nuevo { $a } veces en los últimos minutos: revise que la grabación aún se pueda leer.
start-camera-file = La cámara no dio ninguna imagen al arrancar: revise que la grabación aún se pueda leer.
image-frozen-usb = La imagen está congelada: desenchufe el USB de la cámara y vuelva a enchufarlo.
image-frozen-net = La imagen está congelada: reinicie la cámara, por su corriente o en su propia página.
frames-dropped-usb = Se perdieron { $a } de las últimas { $b } imágenes: enfríe la placa, cierre otros programas y dé a la cámara su propio puerto USB.
frames-dropped-net = Se perdieron { $a } de las últimas { $b } imágenes: baje la resolución o las imágenes por segundo de la cámara y revise la red hasta ella.
frames-dropped-file = Se perdieron { $a } de las últimas { $b } imágenes: enfríe la placa y cierre otros programas.
camera-crops = La cámara solo muestra el { $a } % del ancho de su objetivo: actualice el software de la cámara (`sudo apt full-upgrade`), pues no se conocen los modos de su sensor.
camera-otherwise = La cámara da otro tamaño u otros colores que los pedidos, así que sus valores pueden diferir: actualice el software de la cámara (`sudo apt full-upgrade`); el registro dice cómo.

aim-people = { $a } personas en { $b } min ({ $c } por minuto)
aim-far = { $a } demasiado lejos
aim-good = { $a } bien
aim-near = { $a } demasiado cerca
aim-left = { $a } cortadas a la izquierda
aim-right = { $a } cortadas a la derecha
aim-top = { $a } cortadas arriba
aim-bottom = { $a } cortadas abajo
aim-unclear = { $a } poco claras
aim-blurred = { $a } borrosas
aim-dark = { $a } oscuras
aim-hidden = { $a } tapadas
aim-back = La gente está demasiado cerca ({ $a } de { $b } personas): aleje la cámara o use un objetivo más ancho.
aim-down = Incline la cámara hacia abajo: { $a } de { $b } personas salen cortadas abajo.
aim-up = Incline la cámara hacia arriba: { $a } de { $b } personas salen cortadas arriba.
aim-turn-left = Gire la cámara a la izquierda: { $a } de { $b } personas salen cortadas a la izquierda.
aim-turn-right = Gire la cámara a la derecha: { $a } de { $b } personas salen cortadas a la derecha.
aim-nearer = La gente está demasiado lejos ({ $a } de { $b } personas): acerque la cámara, use un objetivo más largo o un tamaño más fino del modelo (models/README.md).
aim-light = Está demasiado oscuro ({ $a } de { $b } personas): ponga luz o apunte a un lugar iluminado.
aim-sharpen = La gente sale borrosa ({ $a } de { $b } personas): limpie el objetivo, revise frame.focus_m y frame.shutter_s o ponga luz.
aim-higher = Las personas se tapan unas a otras ({ $a } de { $b } personas): ponga la cámara más alta o apunte a través de la calle.
update-fetching = Descarga una versión ({ $a } %).
update-trying = Prueba una versión; tarda tres minutos.
update-kept = La versión está en marcha.
update-went-back = Probó la versión y volvió atrás: { $a }
update-refused = Rechazó la versión: { $a }
update-why-unreachable = No se pudo descargar del puesto. ¿Está abierto allí el puerto siguiente al del broker, y es de esta versión la tarjeta de este nodo?
update-why-unsigned = El sitio de este nodo no la firmó. Fírmela y envíela de nuevo.
update-why-damaged = Lo descargado está dañado o no es una versión. Créela otra vez y envíela de nuevo.
update-why-older = Es más antigua que la que está en marcha.
update-why-recipe = Su receta es otra y lo contado no se podría usar. Envíela con --force para empezar de cero.
update-why-space = La tarjeta está demasiado llena.
update-why-settings = No se pudo instalar o no acepta los ajustes de este nodo.
update-why-stopped = Se detuvo sola.
update-why-failing = Avisó de que falla.
update-why-no-frames = No procesó ninguna imagen. ¿Está bien la cámara?
update-why-no-broker = No llegó al broker.
update-why-interrupted = La actualización se interrumpió.
update-why-other = Lea /run/spotter/update.txt en el nodo.
