// Always load what a host has, if the reader chose so: without a click, nothing is stored and nothing is loaded.
const KEY = "kuratorium.hosts";

function readHosts() {
  try {
    return new Set((localStorage.getItem(KEY) ?? "").split(" ").filter(Boolean));
  } catch {
    return new Set(); // storage may be switched off
  }
}

function setHost(host, isAllowed) {
  const hosts = readHosts();
  if (isAllowed) hosts.add(host);
  else hosts.delete(host);
  try {
    if (hosts.size) localStorage.setItem(KEY, [...hosts].join(" "));
    else localStorage.removeItem(KEY);
  } catch {
    // Then the choice holds for this page only.
  }
}

const figures = [...document.querySelectorAll(".embed[data-host]")];
const consents = new Map(figures.map((figure) => [figure, figure.querySelector("iframe").srcdoc]));

function showChoice(figure, isAllowed) {
  const frame = figure.querySelector("iframe");
  figure.querySelector("input").checked = isAllowed;
  if (isAllowed === !frame.hasAttribute("srcdoc")) return;
  if (isAllowed) {
    frame.removeAttribute("srcdoc");
    frame.src = figure.dataset.frame;
  } else {
    frame.removeAttribute("src");
    frame.srcdoc = consents.get(figure);
  }
}

for (const figure of figures) {
  const label = figure.querySelector("label");
  label.hidden = false;
  label.addEventListener("change", ({ target }) => {
    setHost(figure.dataset.host, target.checked);
    for (const other of figures) {
      if (other.dataset.host === figure.dataset.host) showChoice(other, target.checked);
    }
  });
  if (readHosts().has(figure.dataset.host)) showChoice(figure, true);
}

// The privacy page lists the choices, and takes each back.
for (const list of document.querySelectorAll("[data-hosts]")) {
  const showHosts = () => {
    const hosts = [...readHosts()].sort();
    list.replaceChildren(
      ...hosts.map((host) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = list.dataset.withdraw;
        button.setAttribute("aria-label", `${list.dataset.withdraw}: ${host}`);
        button.addEventListener("click", () => {
          setHost(host, false);
          showHosts();
          list.parentElement.focus();
        });
        item.append(host, " ", button);
        return item;
      }),
    );
    list.parentElement.hidden = false;
    list.nextElementSibling.hidden = hosts.length > 0;
  };
  showHosts();
}
