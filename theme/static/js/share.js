// Sharing that needs a script: copying the address, and Mastodon, whose instance the reader names once.
// No module: a browser loads none for a page that is opened from disk.
{
  const KEY = "kuratorium.mastodon";

  function recall() {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return ""; // a browser may refuse storage
    }
  }

  function remember(instance) {
    try {
      localStorage.setItem(KEY, instance);
    } catch {
      // Then it is asked for again.
    }
  }

  // "https://social.example/@anna" and "@anna@social.example" name an instance, too.
  function readInstance(text) {
    const [name] = text.trim().replace(/^https?:\/\//i, "").split("/");
    const address = `https://${name.split("@").at(-1)}/`;
    const { host } = URL.canParse(address) ? new URL(address) : { host: "" };
    return /^[a-z\d-]+(\.[a-z\d-]+)+(:\d+)?$/.test(host) ? host : "";
  }

  function enableCopy(button, address) {
    const label = button.textContent;
    button.parentElement.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(address);
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = label), 3000);
    });
  }

  function enableMastodon(share) {
    const link = share.querySelector(".share-mastodon");
    const item = share.querySelector(".share-instance");
    const details = item.querySelector("details");
    const form = item.querySelector("form");
    const problem = form.querySelector(".share-problem");

    function showInstance(instance) {
      const { text, address } = share.dataset;
      const summary = details.querySelector("summary");
      link.href = `https://${instance}/share?text=${encodeURIComponent(`${text} ${address}`)}`;
      link.querySelector("span").textContent = `(${instance})`;
      link.parentElement.hidden = false;
      summary.textContent = summary.dataset.other;
      form.elements.instance.value = instance;
    }

    item.hidden = false;
    if (recall()) showInstance(recall());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const instance = readInstance(form.elements.instance.value);
      problem.hidden = Boolean(instance);
      if (!instance) return;
      remember(instance);
      showInstance(instance);
      details.open = false;
      window.open(link.href, "_blank", "noopener");
    });
  }

  for (const share of document.querySelectorAll(".share")) {
    // Browsers lend the clipboard to pages from https only.
    if (navigator.clipboard) enableCopy(share.querySelector(".share-copy"), share.dataset.address);
    enableMastodon(share);
  }
}
