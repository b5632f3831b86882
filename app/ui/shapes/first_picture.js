const first = document.getElementById("first-picture")

// Until the page has drawn the same, or is complete and for a while has not.
const FRAMES = 60 // what draws is loaded a moment after its place is there
let waited = 0
function wait() {
  const drawn = [...document.querySelectorAll("[class*=st-key-inside-] *")].some(
    (node) => node.shadowRoot?.querySelector(".strip img")?.complete,
  )
  const complete =
    document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]") &&
    !document.querySelector("[data-testid=stSkeleton]")
  waited = complete ? waited + 1 : 0
  if (drawn || waited > FRAMES || document.querySelector("[role=dialog]")) first.remove()
  else requestAnimationFrame(wait)
}
requestAnimationFrame(wait)

// The theme that was chosen by the menu of the page, or the system's.
function isDark() {
  let chosen = ""
  try {
    chosen = localStorage.getItem(`stActiveTheme-${location.pathname}-v2`) ?? ""
  } catch {} // a browser may be told to keep nothing
  return matchMedia("(prefers-color-scheme: dark)").matches ? !/light/i.test(chosen) : /dark/i.test(chosen)
}
first.classList.add(isDark() ? "dark" : "light")

// Not all browsers make a shadow of the template; without it, the page is waited for as ever.
const host = first.querySelector(".host")
if (host.shadowRoot) draw({ data, parentElement: host.shadowRoot, setTriggerValue() {} })
else first.remove()
