# What staff read on the booth's page, in English; Fluent syntax (https://projectfluent.org). To translate: copy this file
# to CODE.ftl and translate what is right of each "="; keep what is in braces. tests/phrase says what is missing.

## Every page

app = Exception Spotter
skip = Skip to the content
pages = Pages
alerts = Alerts
cameras = Cameras
figures = Figures
trends = Trends
help = Help
settings = Settings
no-picture = No picture of anybody is ever shown, stored or sent.
starting = The booth is starting.
moved-in = Log in
log-out = Log out
password = Password of this site
wrong-password = Wrong password.
too-many = Too many wrong passwords; try again in { $n } s.
no-answer = No answer from the booth for { $n } s: what you see is out of date. Is the booth running?
offline-title = No connection
offline = This device cannot reach the booth. Alerts are not shown until it can: check the Wi-Fi, and that the booth is on.
try-again = Try again

## An alert: who

rare = 1 in { $n }
rarer = rarer than 1 in { $n }
of-people = of { $n } people
range = between 1 in { $low } and 1 in { $high }
seen-by = Seen by { $cameras }

## Where. $place is the name of a camera, $landmark what stands in that third of its picture.

place = { $place }, { $landmark }
third-left = left third of its view
third-centre = middle of its view
third-right = right third of its view
side-ahead = straight ahead as you step out
side-ahead-right = ahead and to the right as you step out
side-right = right of the booth as you step out
side-behind-right = behind the booth, on the right as you step out
side-behind = behind the booth
side-behind-left = behind the booth, on the left as you step out
side-left = left of the booth as you step out
side-ahead-left = ahead and to the left as you step out
wind-0 = to the north of the booth
wind-1 = to the north-east of the booth
wind-2 = to the east of the booth
wind-3 = to the south-east of the booth
wind-4 = to the south of the booth
wind-5 = to the south-west of the booth
wind-6 = to the west of the booth
wind-7 = to the north-west of the booth
heading-toward = coming towards you
heading-away = walking away from you
heading-left = walking to your left
heading-right = walking to your right

## The map

where-to-look = Where to look
map-out = Map; up is straight ahead as you step out of the booth. Each alert also says where to look.
map-north = Map, north up. Each alert also says where to look.
north = N
east = E
south = S
west = W
you = You
unplaced = Not on the map: { $cameras }. Set their direction under “nodes” in booth.yaml.
no-such-place = booth.yaml names a place for { $cameras }, which is no camera here: correct the name.

## What to say. $offer is what the booth offers; the sentence must also work without it.

to-say = Say
say = You stand out today: may I tell you why we noticed you?
say-offer = You stand out today: may I tell you why we noticed you, and offer you { $offer }?
asked-filming = “Are you filming me?”
filming = No. The cameras here look at clothes only: colours, patterns, kinds of garments. No picture, no face and no name is kept or sent. The number for your outfit is deleted after { $days ->
        [one] a day
       *[other] { $days } days
    }.
filming-who = The cameras are run by { $who }.
filming-contact = Questions and objections: { $contact }.
other-languages = In other languages
speak-en = English
speak-es = Spanish
speak-sv = Swedish
speak-fr = French
speak-de = German
speak-it = Italian

## What to do with an alert. The -why of each button says it in a few words.

claimed = Claim
claimed-why = I am going
greeted = Greeted
greeted-why = we spoke
not_found = Not found
not_found-why = nobody there
not_unusual = Not unusual
not_unusual-why = ordinary clothes
declined = Declined
declined-why = wants no talk
undo = Undo
state-open = open
state-claimed = claimed
state-greeted = greeted
state-not_found = not found
state-not_unusual = not unusual
state-declined = declined
state-lapsed = nobody went in time
state-withdrawn = withdrawn
by = { $state } by { $who }
by-you = { $state } by you
seconds-left = Seconds left
looked-again = Seen again for longer, and not unusual after all.
over = Over
nobody = Nobody exceptional right now
nobody-why = An alert appears here by itself.

## What is said aloud by a screen reader, once

new-alert = New alert: { $who }. { $where }. { $rare }.
withdrawn-alert = Withdrawn: { $who }.
claimed-alert = { $laptop } has claimed: { $who }.
sent = { $what }: sent.
not-sent = The booth did not answer; try again.
is-over = This alert is over.
is-already = This alert is { $state } already.
too-late-to-undo = It is too late to undo this, or another laptop did it.
outcome-not-sent = The outcome was not sent: { $why }
allowed-already = This camera's alerts are allowed already.

## Cameras

state-ok = ok
state-degraded = needs care
state-failing = failing
all-ok = All is well.
frames-a-second = { $n } frames a second
sightings = { $n ->
        [one] { $n } sighting
       *[other] { $n } sightings
    }
waiting = { $n } waiting
looks = looks { $wind }
looks-0 = north
looks-1 = north-east
looks-2 = east
looks-3 = south-east
looks-4 = south
looks-5 = south-west
looks-6 = west
looks-7 = north-west
node-name = Name in the settings: { $node }
allow = Allow alerts by { $node }
no-camera = No camera has reported yet.
problems = Problems

## Troubles of the booth

stale = This page has not been updated for { $n } s; is the booth still running?
no-broker = The MQTT broker cannot be reached; is mosquitto running? Cameras keep their scores until it is back.
not-stored = Scores cannot be stored; cameras keep them until they can: { $why }
broker-refused = { $n ->
        [one] The broker refused { $n } request of the booth; see the log.
       *[other] The broker refused { $n } requests of the booth; see the log.
    }
missing = Not available: { $what } ({ $why }). The rest goes on; see the log, and report it if it stays.
it-failed = it failed
lost = { $n ->
        [one] { $node } lost { $n } sighting: its outbox was full because the booth was away too long.
       *[other] { $node } lost { $n } sightings: its outbox was full because the booth was away too long.
    }
refused = { $n ->
        [one] Refused { $n } message ({ $reason }): { $why }
       *[other] Refused { $n } messages ({ $reason }): { $why }
    }
refused-schema = they do not match the message format; do node and booth run the same version?
refused-version = node and booth use different message versions; update the older one.
refused-topic = they came on a topic of another site; check `site` in node.yaml.
refused-too_large = they were too large for our nodes; what else publishes to this broker?
refused-not_json = they were not valid JSON; what else publishes to this broker?
refused-sender = the node named inside is not the one in the topic; check `node` in node.yaml.
refused-retained = scores must never be retained; what else publishes to this broker?
refused-baseline = a node's counts could not be read; is its software newer than the booth's?
refused-epochs = a node began too many outboxes; provision it under a new name.
refused-window = a node's counts are of another time; check its clock.
refused-revoked = a node whose certificate was revoked still sends; reload or restart the broker.
refused-sealed = a node's sealed scores cannot be opened; are outbox_key and the node's outbox.pub this site's?
refused-too_many_nodes = there were too many nodes; what else publishes to this broker?
refused-other = see the log.

## Figures

sightings-an-hour = Sightings an hour
alerts-an-hour = Alerts an hour
alerts-of = { $n } of { $most } that can be greeted
alerts-most = { $most } can be greeted
alerts-from = Alerts from
left-to-give = Left to give away
outcomes = Outcomes of alerts
outcome-count = { $n } { $state }
precision = Unusual, of those found
greet-time = From sighting to greeting
greet-seconds = { $n } s on average
since-start = Since the booth started
alerts-delivered = Alerts delivered to a laptop
too-late = Sightings too late for an alert
not-visible = Rare, but by nothing that can be seen from afar
alerts-expired = Alerts that expired unclaimed
number = { $n }
share = { $n } %
share-range = { $n } % ({ $low }–{ $high })

## Trends

trend-what = What
trend-now = Now
trend-usual = Usually
trend-sightings = Sightings
trend-verdict = Change
no-trends = Too few sightings yet to say what has changed.

## Settings of this device

this-device = This device
laptop = Name of this laptop
laptop-rule = 3 to 32 small letters, digits, hyphens
rename = Rename
bad-name = A laptop's name has 3 to 32 small letters, digits and hyphens.
language = Language
language-auto = as the browser asks
change = Change
sound = Sound
sound-on = Turn sound on
sound-off = Turn sound off
sound-tap = Sound is on: tap once to start it
volume = Volume
try-new = Play a new alert
try-withdrawn = Play a withdrawn alert
awake = Keep the screen on while this page is open
awake-not = This browser cannot keep the screen on.
push = Notifications
push-on = Notify this device
push-off = Stop notifying this device
push-cameras = It tells that a camera fails.
push-alerts = It tells that a camera fails, and of alerts, in words; an alert's notification expires with it.
push-not = The booth has no Web Push set up; see “notify” in booth.yaml.
push-unable = This browser cannot receive notifications here. On an iPhone, add the page to the home screen first.
push-denied = This browser forbids notifications from this page; allow them in its settings.
push-done = Notifications are on.
push-stopped = Notifications are off.
push-refused = That is no address of a known push service; see “notify.push_services” in booth.yaml.
install = Install it: in the browser's menu, “Add to home screen” or “Install app”.

## Notifications, in words only

push-camera-title = { $place }: the camera fails
push-camera-well = { $place }: the camera is well again

## Help

help-flow = What to do with an alert
help-flow-1 = Read who and where. Press “{ $claim }”, so that others see that you are going.
help-flow-2 = Walk there. The figure shows the clothes; what is outlined is what is unusual.
help-flow-3 = Say the sentence on the card. Nobody has to talk to you.
help-flow-4 = Press how it ended. For ten seconds you can undo it.
help-outcomes = How it can end
help-rare = What “{ $rare }” means
help-rare-text = Of that many people who pass here, about one wears something as unusual. It says nothing about the person.
help-keys = Keys
help-key-select = select an alert
help-trust = How sure it is
help-trust-text = Colours and garments are as a camera saw them; light and distance change them. If nobody fits, press “{ $not_found }”.
help-privacy = What passers-by are promised
week = This week, and what the exceptions wore
under = under { $share }

## The week, on its page and on a sheet to forward

week-sites = Exceptions and everybody, site by site
week-too-few = Too few sightings yet to say what stood out this week.
sheet-label = Shares with 95 % intervals; the table below says the same
sheet-bars = Bars are 95 % intervals that hold for any value of counts under 5, which are never kept.
sheet-colours = Drawn in colour is what is sure, after Holm's correction for the number of rows; grey could be chance.
sheet-files = { $report } makes this as a page to forward, { $csv } as data.
as-table = As a table
site = Site
when = When
who = Who
share-95 = Share (95 %)
compared-with = Compared with
since = since { $day }
week-of = week of { $day }
everybody = everybody
people-alerted = people alerted
stood-out = What stood out: { $sites }
from-to = { $first } to { $last }
sheet-exceptions = The exceptions: what people alerted wore more than chance; tick: everybody
nothing-exceptional = Nothing yet that is more than chance.
nobody-yet = { $site }: nobody yet
week-alerted = { $site }, week of { $day }: { $n } alerted
by-week = Week by week: share of the people alerted
everybody-usual = Everybody, against the same hours before, with their trend (tick)
everybody-last-week = Everybody, against the same days a week before (tick)
everybody-baseline = Everybody, against the weeks of the frozen baseline (tick)
nothing-changed = Nothing has changed for sure.
verdict-more = more than usual
verdict-less = less than usual
verdict-usual = as usual
verdict-more-chance = more than chance
verdict-chance = as by chance
verdict-too-few = too few to say
day = { $day } { $month }
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
