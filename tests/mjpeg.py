"""A network camera: the simulated street as MJPEG over HTTP with sensor noise; the picture can be spoilt."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from edge.street.camera import StreetCamera

FPS = 5.0


class NetworkCamera:
    """Serves one stream on a free port; `spoil` is applied to every picture before it is sent."""

    def __init__(self, seed: int) -> None:
        self.spoil: Callable[[np.ndarray], np.ndarray] = lambda pixels: pixels
        self.shots = 0
        """Pictures made so far."""
        self._street = StreetCamera(seed, fps=FPS)
        self._rng = np.random.default_rng(0)
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    while not camera.is_over.is_set():
                        jpeg = camera.shoot()
                        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                        self.wfile.write(head.encode() + jpeg + b"\r\n")
                        time.sleep(1 / FPS)
                except OSError:
                    pass  # the node is gone

            def log_message(self, *_arguments: object) -> None:
                pass

        self.is_over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/street.mjpg"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def shoot(self) -> bytes:
        self.shots += 1
        frame = self._street.read()
        assert frame is not None
        noise = self._rng.normal(0, 2, frame.pixels.shape)
        pixels = self.spoil(np.clip(frame.pixels + noise, 0, 255).astype(np.uint8))
        return bytes(cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1])

    def close(self) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()
