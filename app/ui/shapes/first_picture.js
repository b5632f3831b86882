const first = document.getElementById("first-picture")
const host = first.querySelector(".host")
const chosen = localStorage.getItem(`stActiveTheme-${location.pathname}-v2`) ?? "" // by the menu of the page
const dark = matchMedia("(prefers-color-scheme: dark)").matches ? !/light/i.test(chosen) : /dark/i.test(chosen)
first.classList.add(dark ? "dark" : "light")

// Not all browsers make a shadow of the template; without it, the page is waited for as ever.
if (host.shadowRoot) draw({ data, parentElement: host.shadowRoot, setTriggerValue() {} })
else first.remove()

// Until the page has drawn the same, or has said why it cannot.
function wait() {
  const drawn = [...document.querySelectorAll("[class*=st-key-inside-] *")].some(
    (node) => node.shadowRoot?.querySelector(".strip"),
  )
  const over = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
  if (drawn || over || document.querySelector("[role=dialog]")) first.remove()
  else requestAnimationFrame(wait)
}
wait()
