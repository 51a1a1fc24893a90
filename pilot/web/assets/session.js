// Links of the door stay in this tab, leaving is a POST, and a page whose session has ended while
// it was disconnected goes to the sign-in instead of trying to reconnect for ever.
(() => {
  const here = () => encodeURIComponent(location.pathname + location.search);
  const signIn = () => location.assign(`/auth/login?next=${here()}`);

  function leave() {
    const form = document.createElement("form");
    form.method = "post";
    form.action = "/auth/logout";
    document.body.append(form);
    form.submit();
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link || link.origin !== location.origin || !link.pathname.startsWith("/auth/")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (link.pathname === "/auth/logout") leave();
      else if (link.pathname === "/auth/login") signIn();
      else location.assign(link.href);
    },
    true,
  );

  let lost = 0;
  setInterval(async () => {
    const app = document.querySelector("[data-testid=stApp]");
    lost = app && app.dataset.testConnectionState !== "CONNECTED" ? lost + 1 : 0;
    if (lost < 2) return;
    const answer = await fetch("/_stcore/host-config", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401 || answer?.status === 403) signIn();
  }, 3000);
})();
