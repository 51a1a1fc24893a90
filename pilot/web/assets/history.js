// One entry a step in the browser's history. Streamlit changes the page and the address's query
// in two pushes: to open another page it first gives the page that is left the address of the new
// one's contents (/projects?id=31, then /project?id=31), and a page may complete its own address as
// it opens (/results, then /results?as_of=…). "Back" would stop between the two.
(() => {
  const AT_ONCE = 1000; // milliseconds between the two halves of one step
  const push = history.pushState.bind(history);
  let last = null;

  history.pushState = (state, unused, url) => {
    const from = new URL(location.href);
    const to = new URL(url ?? location.href, location.href);
    const samePage = from.pathname === to.pathname;
    const follows = last?.href === from.href && performance.now() - last.at < AT_ONCE;
    const second = follows && samePage !== last.samePage && (samePage || from.search === to.search);
    last = second ? null : { href: to.href, samePage, at: performance.now() };
    if (second) history.replaceState(state, unused, url);
    else push(state, unused, url);
  };
})();
