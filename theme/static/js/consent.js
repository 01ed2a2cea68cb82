// Hosts from which the reader always loads: chosen below an embed, withdrawn on the privacy page. Without a click,
// nothing is stored and nothing is loaded. No module: browsers load none from disk.
{
  const KEY = "kuratorium.hosts";

  const readHosts = () => {
    try {
      return (localStorage.getItem(KEY) ?? "").split(" ").filter(Boolean);
    } catch {
      return []; // storage may be switched off
    }
  };

  const setHost = (host, isAllowed) => {
    const hosts = readHosts().filter((other) => other !== host);
    if (isAllowed) hosts.push(host);
    try {
      if (hosts.length) localStorage.setItem(KEY, hosts.join(" "));
      else localStorage.removeItem(KEY);
    } catch {
      // Then the choice holds for this page only.
    }
  };

  const watchEmbed = (figure) => {
    const { host, frame: address } = figure.dataset;
    const frame = figure.querySelector("iframe");
    const label = figure.querySelector("label");
    const consent = frame.srcdoc;

    const showChoice = (isAllowed) => {
      label.firstElementChild.checked = isAllowed;
      if (isAllowed && frame.hasAttribute("srcdoc")) {
        frame.removeAttribute("srcdoc");
        frame.src = address;
      } else if (!isAllowed) {
        frame.removeAttribute("src");
        frame.srcdoc = consent; // also ends what plays
      }
    };

    label.hidden = false;
    figure.addEventListener("consent", ({ detail }) => showChoice(detail));
    label.addEventListener("change", ({ target: { checked } }) => {
      setHost(host, checked);
      for (const other of document.querySelectorAll(".embed[data-host]")) {
        if (other.dataset.host === host) other.dispatchEvent(new CustomEvent("consent", { detail: checked }));
      }
    });
    if (readHosts().includes(host)) showChoice(true);
  };

  const listChoices = (section) => {
    const [list, none] = section.querySelectorAll("ul, p");
    const showHosts = () => {
      const hosts = readHosts().sort();
      list.replaceChildren(
        ...hosts.map((host) => {
          const item = document.createElement("li");
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = section.dataset.button;
          button.setAttribute("aria-label", `${section.dataset.button}: ${host}`);
          button.addEventListener("click", () => {
            setHost(host, false);
            showHosts();
            section.focus();
          });
          item.append(host, " ", button);
          return item;
        }),
      );
      none.hidden = hosts.length > 0;
    };
    section.hidden = false;
    showHosts();
  };

  const place = document.currentScript.previousElementSibling;
  if (place.matches(".embed")) watchEmbed(place);
  else listChoices(place);
}
