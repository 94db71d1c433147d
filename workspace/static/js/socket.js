// The live connection: reconnects by itself with growing delays, and reports when it is lost and restored.
const FIRST = 400;
const SLOWEST = 8000;

/**
 * `onFrame(frame)` is called for every frame, `onOpen()` when a connection works, `onLost()` when one ends or fails.
 *
 * A connection works once its first frame has arrived: a socket may open and then stay silent. The delay between
 * attempts doubles up to SLOWEST, so that a stopped server isn't flooded, and a success resets it to FIRST.
 */
export function connect(user, { onFrame, onOpen, onLost }) {
  let socket = null;
  let wait = FIRST;
  let timer = 0;

  function open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const own = new WebSocket(`${scheme}://${location.host}/client/socket?user=${encodeURIComponent(user)}`);
    let heard = false;
    own.onmessage = (event) => {
      if (own !== socket) return;
      if (!heard) onOpen();
      heard = true;
      wait = FIRST;
      onFrame(JSON.parse(event.data));
    };
    own.onclose = () => {
      if (own !== socket) return;
      onLost();
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, SLOWEST);
    };
    socket = own;
  }

  function leave() {
    clearTimeout(timer);
    const old = socket;
    socket = null;
    old?.close();
  }

  function reconnectNow() {
    leave();
    wait = FIRST;
    open();
  }

  window.addEventListener("online", reconnectNow);
  open();
  return {
    reconnectNow,
    close() {
      window.removeEventListener("online", reconnectNow);
      leave();
    },
  };
}
