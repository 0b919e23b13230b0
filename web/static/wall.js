// The television: the boards take turns, the clock runs. Space or the button holds a board, the arrows turn.

const TURN = 20000; // ms a board is shown
const boards = [...document.querySelectorAll(".board")];
const hold = document.getElementById("turn");
const clock = document.querySelector(".wall-clock");
const skew = Date.parse(document.body.dataset.now) - Date.now();
const hour = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone,
});

const held = () => hold.getAttribute("aria-pressed") === "true";

function turn(step = 1) {
  const shown = boards.findIndex((board) => !board.hidden);
  boards[shown].hidden = true;
  boards[(shown + step + boards.length) % boards.length].hidden = false;
}

function tick() {
  clock.textContent = hour.format(Date.now() + skew);
}

hold.addEventListener("click", () => hold.setAttribute("aria-pressed", String(!held())));
document.addEventListener("keydown", ({ key }) => {
  if (key === "ArrowRight") turn(1);
  if (key === "ArrowLeft") turn(-1);
});
setInterval(() => held() || document.hidden || turn(), TURN);
setInterval(tick, 1000);
tick();
