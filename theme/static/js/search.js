// Opens the search from every page: in a dialog, by the link in the masthead or the key "/". Without this script, and
// where it fails, the link leads to the page with the search. No module, since browsers load
// none from a disk.
{
  const link = document.querySelector("a.search-link");
  const ownSection = document.getElementById("search");
  let dialog;

  // Browsers import nothing from a disk.
  async function show(section) {
    if (location.protocol === "file:") {
      const status = section.querySelector(".search-status");
      status.textContent = status.dataset.failed;
      return;
    }
    const { SearchPanel } = await import("./search_panel.js");
    new SearchPanel(section);
  }

  async function openSearch() {
    if (ownSection) {
      ownSection.querySelector("input").focus();
      return;
    }
    try {
      dialog ??= await makeDialog();
    } catch {
      location.assign(link.href);
      return;
    }
    dialog.showModal();
    dialog.querySelector("input").select();
  }

  // The words and fields are those of the page with the search, so no other page has to carry them.
  async function makeDialog() {
    if (location.protocol === "file:") {
      throw new Error("nothing can be fetched from a disk");
    }
    const response = await fetch(link.href);
    if (!response.ok) {
      throw new Error(response.statusText);
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const section = document.adoptNode(page.getElementById("search"));
    // Its addresses are relative to that page.
    for (const anchor of section.querySelectorAll("a")) {
      anchor.href = new URL(anchor.getAttribute("href"), link.href);
    }
    section.dataset.root = new URL(section.dataset.root || ".", link.href).href;
    const element = document.createElement("dialog");
    element.className = "search-dialog";
    element.setAttribute("aria-label", section.getAttribute("aria-label"));
    element.append(section);
    element.addEventListener("click", (event) => {
      if (event.target === element) {
        element.close(); // a click beside it
      }
    });
    document.body.append(element);
    await show(section);
    return element;
  }

  if (ownSection) {
    show(ownSection);
  }
  if (link) {
    link.addEventListener("click", (event) => {
      if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
        event.preventDefault();
        openSearch();
      }
    });
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest("input, textarea, select, [contenteditable], video, audio");
      if (event.key === "/" && !isTyping && !event.metaKey && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        openSearch();
      }
    });
  }
}
