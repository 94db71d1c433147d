// The live connection: reconnects by itself, ever more slowly, and says when it is lost and when it is back.
const FIRST = 400;
const SLOWEST = 8000;

/**
 * `onFrame(frame)` for everything the server says, `onOpen()` whenever a connection has been made (its first frame is
 * there; a socket that opens and says nothing is none), `onLost()` when one ends or cannot be made.
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

  function hurry() {
    leave();
    wait = FIRST;
    open();
  }

  window.addEventListener("online", hurry);
  open();
  return {
    hurry,
    close() {
      window.removeEventListener("online", hurry);
      leave();
    },
  };
}
