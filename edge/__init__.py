"""Exception Spotter finds passers-by who are dressed unlike everyone else, and keeps nothing about anyone.

The whole loop of a camera node (edge/pipeline.py, edge/node/run.py):

    for frame in camera:                                    # frame/       never leaves the node
        detections = decode(interpreter.invoke(frame))      # detection/   people, 17 keypoints each
        tracks = tracker.update(detections)                 # track/       one person, one track
        views.add(describe(frame, track))                   # appearance/  garment pixels only
        for sighting in ended(tracks):                      #              one person walking past: the unit of scores
            score = surprisal(sighting, baseline)           # score/       bits, p-value, "1 in N"
            outbox.put(compose(score))                      # message/     the privacy gate; then MQTT

The booth (edge/booth/) stores, acknowledges and alerts. A newcomer reads records.py, then pipeline.py.
"""

__version__ = "0.1.0"
