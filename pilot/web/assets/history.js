// One entry a step in the browser's history. To open another page, Streamlit first gives the page
// that is left the address of the new one's contents (/projects?id=31), then changes to the new
// page (/project?id=31): "back" would lead to the first, and the list's filter would be lost.
(() => {
  const AT_ONCE = 1000; // milliseconds between the two halves of one step
  const push = history.pushState.bind(history);
  let half = null;

  history.pushState = (state, unused, url) => {
    const from = new URL(location.href);
    const to = new URL(url ?? location.href, location.href);
    const samePage = from.pathname === to.pathname;
    const second =
      !samePage && half && half.href === from.href && half.search === to.search
      && performance.now() - half.at < AT_ONCE;
    half = samePage ? { href: to.href, search: to.search, at: performance.now() } : null;
    if (second) history.replaceState(state, unused, url);
    else push(state, unused, url);
  };
})();
