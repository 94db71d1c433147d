// The live connection: reconnects by itself, ever more slowly, and says when it is lost and when it is back.
const SLOWEST = 8000;

export function connect(user, { onFrame, onOpen, onLost }) {
  let socket = null;
  let wait = 400;
  let closed = false;
  let timer = 0;

  function open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/client/socket?user=${encodeURIComponent(user)}`);
    socket.onopen = () => {
      wait = 400;
      onOpen();
    };
    socket.onmessage = (event) => onFrame(JSON.parse(event.data));
    socket.onclose = () => {
      if (closed) return;
      onLost();
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, SLOWEST);
    };
  }

  const hurry = () => {
    if (closed || socket.readyState === WebSocket.OPEN || socket.readyState === WebSocket.CONNECTING) return;
    clearTimeout(timer);
    open();
  };
  window.addEventListener("online", hurry);
  open();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      window.removeEventListener("online", hurry);
      socket.close();
    },
    hurry,
  };
}
