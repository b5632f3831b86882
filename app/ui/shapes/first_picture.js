const first = document.getElementById("first-picture")

// Until the page has drawn the same, or has said why it cannot.
function wait() {
  const drawn = [...document.querySelectorAll("[class*=st-key-inside-] *")].some(
    (node) => node.shadowRoot?.querySelector(".strip img")?.complete,
  )
  const over = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
  if (drawn || over || document.querySelector("[role=dialog]")) first.remove()
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
