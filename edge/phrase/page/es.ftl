# Lo que dice la página del puesto, en español. en.ftl explica las frases.

## Every page

app = Exception Spotter
skip = Saltar al contenido
pages = Páginas
alerts = Alertas
cameras = Cámaras
figures = Cifras
trends = Tendencias
help = Ayuda
settings = Ajustes
no-picture = Nunca se muestra, guarda ni envía la imagen de nadie.
starting = El puesto está arrancando.
moved-in = Entrar
log-out = Salir
password = Contraseña de este sitio
wrong-password = Contraseña incorrecta.
too-many = Demasiadas contraseñas incorrectas; inténtelo de nuevo en { $n } s.
no-answer = El puesto no responde desde hace { $n } s: lo que ve no está al día. ¿Funciona el puesto?
offline-title = Sin conexión
offline = Este dispositivo no llega al puesto. Hasta entonces no se muestran alertas: revise el wifi y que el puesto esté encendido.
try-again = Intentar de nuevo

## An alert: who

rare = 1 de cada { $n }
rarer = más raro que 1 de cada { $n }
of-people = de { $n } personas
range = entre 1 de cada { $low } y 1 de cada { $high }
seen-by = Visto por { $cameras }

## Where

place = { $place }, { $landmark }
third-left = tercio izquierdo de su vista
third-centre = centro de su vista
third-right = tercio derecho de su vista
side-ahead = todo recto al salir
side-ahead-right = delante a la derecha al salir
side-right = a la derecha del puesto al salir
side-behind-right = detrás del puesto, a la derecha al salir
side-behind = detrás del puesto
side-behind-left = detrás del puesto, a la izquierda al salir
side-left = a la izquierda del puesto al salir
side-ahead-left = delante a la izquierda al salir
wind-0 = al norte del puesto
wind-1 = al noreste del puesto
wind-2 = al este del puesto
wind-3 = al sureste del puesto
wind-4 = al sur del puesto
wind-5 = al suroeste del puesto
wind-6 = al oeste del puesto
wind-7 = al noroeste del puesto
heading-toward = viene hacia usted
heading-away = se aleja de usted
heading-left = va hacia su izquierda
heading-right = va hacia su derecha

## The map

where-to-look = Dónde mirar
map-out = Plano; arriba es todo recto al salir del puesto. Cada alerta dice también dónde mirar.
map-north = Plano, el norte arriba. Cada alerta dice también dónde mirar.
north = N
east = E
south = S
west = O
you = Usted
unplaced = No están en el plano: { $cameras }. Ponga su dirección en «nodes» de booth.yaml.
no-such-place = booth.yaml da un lugar a { $cameras }, pero ninguna cámara se llama así: corrija el nombre.

## What to say

to-say = Decir
say = Hoy llama usted la atención: ¿puedo contarle por qué nos hemos fijado?
say-offer = Hoy llama usted la atención: ¿puedo contarle por qué nos hemos fijado y ofrecerle { $offer }?
asked-filming = «¿Me están grabando?»
filming = No. Aquí las cámaras solo miran la ropa: colores, estampados, tipos de prendas. No se guarda ni se envía ninguna imagen, cara ni nombre. La cifra de su ropa se borra después de { $days ->
        [one] un día
       *[other] { $days } días
    }.
filming-who = Las cámaras son de { $who }.
filming-contact = Preguntas y oposición: { $contact }.
other-languages = En otros idiomas
speak-en = Inglés
speak-es = Español
speak-sv = Sueco
speak-fr = Francés
speak-de = Alemán
speak-it = Italiano

## What to do with an alert

claimed = Voy yo
claimed-why = me encargo
greeted = Saludado
greeted-why = hablamos
not_found = No está
not_found-why = no hay nadie
not_unusual = No es inusual
not_unusual-why = ropa corriente
declined = No quiso
declined-why = no quiere hablar
undo = Deshacer
state-open = abierta
state-claimed = tomada
state-greeted = saludado
state-not_found = no está
state-not_unusual = no es inusual
state-declined = no quiso
state-lapsed = nadie fue a tiempo
state-withdrawn = retirada
by = { $state }, por { $who }
by-you = { $state }, por usted
seconds-left = Segundos restantes
looked-again = Visto más tiempo: al final no es inusual.
over = Terminadas
nobody = Nadie excepcional ahora mismo
nobody-why = Una alerta aparece aquí sola.

## What is said aloud by a screen reader, once

new-alert = Alerta nueva: { $who }. { $where }. { $rare }.
withdrawn-alert = Retirada: { $who }.
claimed-alert = { $laptop } se encarga de: { $who }.
sent = { $what }: enviado.
not-sent = El puesto no respondió; inténtelo de nuevo.
is-over = Esta alerta ha terminado.
is-already = Esta alerta ya está así: { $state }.
too-late-to-undo = Es tarde para deshacerlo, o lo hizo otro portátil.
outcome-not-sent = El resultado no se envió: { $why }
allowed-already = Las alertas de esta cámara ya están permitidas.

## Cameras

state-ok = bien
state-degraded = necesita atención
state-failing = averiada
all-ok = Todo va bien.
frames-a-second = { $n } imágenes por segundo
sightings = { $n ->
        [one] { $n } avistamiento
       *[other] { $n } avistamientos
    }
waiting = { $n } en espera
looks = mira al { $wind }
looks-0 = norte
looks-1 = noreste
looks-2 = este
looks-3 = sureste
looks-4 = sur
looks-5 = suroeste
looks-6 = oeste
looks-7 = noroeste
node-name = Nombre en los ajustes: { $node }
allow = Permitir alertas de { $node }
no-camera = Ninguna cámara ha avisado todavía.
problems = Problemas

## Troubles of the booth

stale = Esta página no se actualiza desde hace { $n } s; ¿sigue funcionando el puesto?
no-broker = No se llega al broker MQTT; ¿funciona mosquitto? Las cámaras guardan sus valores hasta que vuelva.
not-stored = Los valores no se pueden guardar; las cámaras los conservan mientras tanto: { $why }
broker-refused = { $n ->
        [one] El broker rechazó { $n } petición del puesto; vea el registro.
       *[other] El broker rechazó { $n } peticiones del puesto; vea el registro.
    }
missing = No disponible: { $what } ({ $why }). Lo demás sigue; vea el registro y avise si persiste.
it-failed = falló
lost = { $n ->
        [one] { $node } perdió { $n } avistamiento: su cola se llenó porque el puesto faltó demasiado tiempo.
       *[other] { $node } perdió { $n } avistamientos: su cola se llenó porque el puesto faltó demasiado tiempo.
    }
refused = { $n ->
        [one] Se rechazó { $n } mensaje ({ $reason }): { $why }
       *[other] Se rechazaron { $n } mensajes ({ $reason }): { $why }
    }
refused-schema = el formato no coincide; ¿tienen nodo y puesto la misma versión?
refused-version = nodo y puesto usan versiones distintas de los mensajes; actualice el más antiguo.
refused-topic = venían de otro sitio; revise `site` en node.yaml.
refused-too_large = eran demasiado grandes para nuestros nodos; ¿qué más publica en este broker?
refused-not_json = no eran JSON válido; ¿qué más publica en este broker?
refused-sender = el nodo de dentro no es el del tema; revise `node` en node.yaml.
refused-retained = los valores nunca deben quedar retenidos; ¿qué más publica en este broker?
refused-baseline = los recuentos de un nodo no se pueden leer; ¿es su programa más nuevo que el del puesto?
refused-epochs = un nodo empezó demasiadas colas; aprovisiónelo con otro nombre.
refused-window = los recuentos de un nodo son de otro tiempo; revise su reloj.
refused-revoked = un nodo con certificado revocado sigue enviando; reinicie el broker.
refused-sealed = los valores sellados de un nodo no se pueden abrir; ¿son de este sitio outbox_key y su outbox.pub?
refused-too_many_nodes = había demasiados nodos; ¿qué más publica en este broker?
refused-other = vea el registro.

## Figures

sightings-an-hour = Avistamientos por hora
alerts-an-hour = Alertas por hora
alerts-of = { $n } de { $most } que se pueden saludar
alerts-most = se pueden saludar { $most }
alerts-from = Alerta desde
left-to-give = Queda por regalar
outcomes = Cómo acabaron las alertas
outcome-count = { $n } { $state }
precision = Inusuales, de los encontrados
greet-time = Del avistamiento al saludo
greet-seconds = { $n } s de media
since-start = Desde que arrancó el puesto
alerts-delivered = Alertas que llegaron a un portátil
too-late = Avistamientos tardíos para una alerta
not-visible = Raros, pero por nada que se vea de lejos
alerts-expired = Alertas que nadie tomó
number = { $n }
share = { $n } %
share-range = { $n } % ({ $low }–{ $high })

## Trends

trend-what = Qué
trend-now = Ahora
trend-usual = Normalmente
trend-sightings = Avistamientos
trend-verdict = Cambio
no-trends = Aún hay muy pocos avistamientos para decir qué ha cambiado.

## Settings of this device

this-device = Este dispositivo
laptop = Nombre de este portátil
laptop-rule = de 3 a 32 letras minúsculas, cifras y guiones
rename = Cambiar nombre
bad-name = El nombre de un portátil tiene de 3 a 32 letras minúsculas, cifras y guiones.
language = Idioma
language-auto = el del navegador
change = Cambiar
sound = Sonido
sound-on = Activar sonido
sound-off = Quitar sonido
sound-tap = El sonido está activado: toque una vez para oírlo
volume = Volumen
try-new = Oír una alerta nueva
try-withdrawn = Oír una alerta retirada
awake = Mantener la pantalla encendida mientras esta página esté abierta
awake-not = Este navegador no puede mantener la pantalla encendida.
push = Notificaciones
push-on = Avisar a este dispositivo
push-off = No avisar más a este dispositivo
push-cameras = Avisa de que una cámara está averiada.
push-alerts = Avisa de cámaras averiadas y de alertas, en palabras; el aviso caduca con la alerta.
push-not = El puesto no tiene Web Push; vea «notify» en booth.yaml.
push-unable = Este navegador no puede recibir notificaciones aquí. En un iPhone, añada antes la página a la pantalla de inicio.
push-denied = Este navegador prohíbe las notificaciones de esta página; permítalas en sus ajustes.
push-done = Las notificaciones están activadas.
push-stopped = Las notificaciones están desactivadas.
push-refused = Esa no es la dirección de un servicio conocido; vea «notify.push_services» en booth.yaml.
install = Instalar: en el menú del navegador, «Añadir a pantalla de inicio» o «Instalar aplicación».

## Notifications, in words only

push-camera-title = { $place }: cámara averiada
push-camera-well = { $place }: la cámara vuelve a estar bien

## Help

help-flow = Qué hacer con una alerta
help-flow-1 = Lea quién y dónde. Pulse «{ $claim }», para que los demás vean que va usted.
help-flow-2 = Vaya. La figura muestra la ropa; lo que tiene contorno es lo inusual.
help-flow-3 = Diga la frase de la página. Nadie está obligado a hablar con usted.
help-flow-4 = Pulse cómo acabó. Durante diez segundos puede deshacerlo.
help-outcomes = Cómo puede acabar
help-rare = Qué significa «{ $rare }»
help-rare-text = De tantas personas que pasan por aquí, más o menos una lleva algo tan inusual. No dice nada de la persona.
help-keys = Teclas
help-key-select = elegir una alerta
help-trust = Cómo de seguro es
help-trust-text = Los colores y las prendas son como los vio una cámara; la luz y la distancia los cambian. Si nadie encaja, pulse «{ $not_found }».
help-privacy = Lo que se promete a quienes pasan
week = Esta semana, y lo que llevaban las excepciones
under = menos de { $share }

## The week, on its page and on a sheet to forward

week-sites = Las excepciones y todos, sitio por sitio
week-too-few = Aún hay muy pocas observaciones para decir qué destacó esta semana.
sheet-label = Proporciones con intervalos del 95 %; la tabla de abajo dice lo mismo
sheet-bars = Las barras son intervalos del 95 %, válidos para todo valor de los recuentos menores de 5, que nunca se guardan.
sheet-colours = En color: seguro, tras la corrección de Holm por el número de filas. Gris: puede ser azar.
sheet-files = { $report } hace con esto una página para enviar, { $csv } los datos.
as-table = Como tabla
site = Sitio
when = Cuándo
who = Quién
share-95 = Proporción (95 %)
compared-with = Comparado con
since = desde el { $day }
week-of = semana del { $day }
everybody = todos
people-alerted = personas avisadas
stood-out = Lo que destacó: { $sites }
from-to = { $first } – { $last }
sheet-exceptions = Las excepciones: lo que llevaban más que por azar; raya: todos
nothing-exceptional = Aún nada que sea más que azar.
nobody-yet = { $site }: aún nadie
week-alerted = { $site }, semana del { $day }: { $n } avisadas
by-week = Semana a semana: proporción de las personas avisadas
everybody-usual = Todos, frente a las mismas horas anteriores y su tendencia (raya)
everybody-last-week = Todos, frente a los mismos días una semana antes (raya)
everybody-baseline = Todos, frente a las semanas de la referencia congelada (raya)
nothing-changed = Nada ha cambiado con seguridad.
verdict-more = más de lo habitual
verdict-less = menos de lo habitual
verdict-usual = lo habitual
verdict-more-chance = más que por azar
verdict-chance = como por azar
verdict-too-few = muy pocos
day = { $day } { $month }
month-1 = ene.
month-2 = feb.
month-3 = mar.
month-4 = abr.
month-5 = may.
month-6 = jun.
month-7 = jul.
month-8 = ago.
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = dic.
