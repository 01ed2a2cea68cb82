// The search itself, within the section with the id "search": words and filters in, results out. The index and the
// script that reads it are Pagefind's, on the site's own host; nothing of what is typed leaves the browser.

const RESULTS_AT_ONCE = 10;
const PAUSE = 150; // milliseconds without typing

export class SearchPanel {
  constructor(section) {
    this.section = section;
    this.form = section.querySelector("form");
    this.input = section.querySelector("input");
    this.status = section.querySelector(".search-status");
    this.list = section.querySelector(".search-results");
    this.more = section.querySelector(".search-more");
    this.root = new URL(section.dataset.root || ".", document.baseURI);
    this.run = 0;
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    for (const select of this.form.querySelectorAll("select")) {
      select.addEventListener("change", () => this.search());
    }
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), PAUSE);
    });
    this.input.addEventListener("focus", () => this.load().catch(() => {}), { once: true });
    this.more.querySelector("button").addEventListener("click", () => this.showMore(true));
    this.readAddress();
  }

  // A link such as suche.html?q=… (of a search engine, or kept as a bookmark) shows its results.
  readAddress() {
    const values = new URLSearchParams(location.search);
    if (values.get("q") && this.section.closest("main")) {
      this.input.value = values.get("q");
      this.search();
    }
  }

  load() {
    this.loading ??= this.loadIndexes();
    return this.loading;
  }

  // One index for each language of the site, each with its own stemming.
  async loadIndexes() {
    const folder = new URL(this.section.dataset.index, this.root);
    const response = await fetch(new URL("pagefind-entry.json", folder));
    const { languages, filters } = await response.json();
    this.fillFilters(filters);
    // A script of its own for each, since two indexes in one instance of Pagefind's module write to the same memory.
    const modules = await Promise.all(
      Object.keys(languages).map(async (language) => [language, await import(new URL(`pagefind.js?${language}`, folder))]),
    );
    const html = document.documentElement;
    const lang = html.lang;
    // Pagefind takes the language of the page at this moment; there is no option for it.
    this.indexes = modules.map(([language, pagefind]) => {
      html.lang = language;
      return pagefind.createInstance({ basePath: folder.href, baseUrl: this.root.pathname });
    });
    html.lang = lang;
  }

  fillFilters(filters) {
    for (const select of this.form.querySelectorAll("select")) {
      const values = filters[select.name] ?? [];
      const sorted = [...values].sort(new Intl.Collator(document.documentElement.lang).compare);
      const ordered = select.name === "year" ? sorted.reverse() : sorted;
      const options = ordered.map((value) => new Option(select.name === "language" ? nameLanguage(value) : value, value));
      select.replaceChildren(select.options[0], ...options);
      select.parentElement.hidden = values.length < 2;
    }
  }

  async search() {
    clearTimeout(this.timer);
    const run = ++this.run;
    const words = this.input.value.trim();
    const filters = {};
    for (const select of this.form.querySelectorAll("select")) {
      if (select.value) {
        filters[select.name] = select.value;
      }
    }
    const isEmpty = !words && !Object.keys(filters).length;
    this.section.classList.toggle("search-busy", !isEmpty);
    if (isEmpty) {
      this.show([], "");
      return;
    }
    try {
      this.status.textContent ||= this.status.dataset.loading;
      await this.load();
      const results = await this.ask(words, filters);
      if (run === this.run) {
        this.show(results, this.describe(results.length));
      }
    } catch {
      this.loading = undefined;
      this.section.classList.remove("search-busy");
      this.show([], this.status.dataset.failed);
    }
  }

  // Every spelling in every language; a page that several find counts once, with its best score.
  async ask(words, filters) {
    const spellings = words ? spell(words) : [null];
    const answers = [];
    // One after another: Pagefind loads parts of an index while it searches, and cannot do so twice at a time.
    for (const index of this.indexes) {
      for (const spelling of spellings) {
        answers.push(await index.search(spelling, { filters }));
      }
    }
    const best = new Map();
    for (const [order, answer] of answers.entries()) {
      for (const result of answer.results) {
        const known = best.get(result.id);
        if (!known || known.score < result.score) {
          best.set(result.id, { ...result, order, data: () => result.data() });
        }
      }
    }
    return [...best.values()].sort((one, other) => other.score - one.score || one.order - other.order);
  }

  describe(count) {
    const { none, one, many } = this.status.dataset;
    return count === 0 ? none : count === 1 ? one : many.replace("{count}", count);
  }

  show(results, status) {
    this.results = results;
    this.list.replaceChildren();
    this.status.textContent = status;
    this.showMore(false);
  }

  async showMore(movesFocus) {
    const run = this.run;
    const next = this.results.splice(0, RESULTS_AT_ONCE);
    this.more.hidden = true;
    const items = (await Promise.all(next.map((result) => result.data()))).map((data) => buildItem(data));
    if (run !== this.run) {
      return;
    }
    this.list.append(...items);
    this.more.hidden = this.results.length === 0;
    if (movesFocus) {
      items[0]?.querySelector("a").focus();
    }
  }
}

// "groesse" also asks for größe and grösse, "Größe" for groesse, "Open-Source" for its words apart.
export function spell(words) {
  const plain = words.normalize("NFC").replace(/[\u2010-\u2015-]+/gu, " ");
  const umlauts = plain.replace(/ae/giu, "ä").replace(/oe/giu, "ö").replace(/(?<![aeq])ue/giu, "ü");
  const digraphs = plain
    .replace(/ä/giu, "ae")
    .replace(/ö/giu, "oe")
    .replace(/ü/giu, "ue")
    .replace(/ß/gu, "ss");
  const all = [words, plain, umlauts, umlauts.replace(/ss/giu, "ß"), plain.replace(/ss/giu, "ß"), digraphs];
  return [...new Set(all)];
}

function buildItem(data) {
  const item = document.createElement("li");
  const { url, label } = findPlace(data);
  const title = document.createElement("a");
  title.href = url;
  title.textContent = data.meta.title;
  const facts = document.createElement("p");
  facts.className = "search-facts";
  facts.textContent = [data.filters.format?.[0], data.meta.day, ...(data.filters.topic ?? []).slice(0, 2), label]
    .filter(Boolean)
    .join(" · ");
  const excerpt = document.createElement("p");
  excerpt.className = "search-excerpt";
  excerpt.append(...markWords(data.excerpt));
  item.append(title, facts, excerpt);
  return item;
}

function nameLanguage(code) {
  return new Intl.DisplayNames(document.documentElement.lang, { type: "language" }).of(code);
}

// Within a transcript, a result leads to the turn that says it, else to the section.
function findPlace(data) {
  const match = [...(data.weighted_locations ?? [])].sort((one, other) => other.balanced_score - one.balanced_score)[0];
  const before = match ? data.anchors.filter((anchor) => anchor.location <= match.location) : [];
  const anchor = before.filter((candidate) => /^(t-\d|h-)/u.test(candidate.id)).at(-1);
  if (!anchor) {
    return { url: data.url, label: "" };
  }
  const seconds = /^t-(\d+)/u.exec(anchor.id)?.[1];
  return { url: `${data.url}#${anchor.id}`, label: seconds ? formatTime(Number(seconds)) : anchor.text };
}

function formatTime(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.slice(parts[0] ? 0 : 1).map((part) => String(part).padStart(2, "0")).join(":");
}

// An excerpt is HTML with marks; only these are taken, as elements of our own.
function markWords(excerpt) {
  const holder = new DOMParser().parseFromString(excerpt, "text/html").body;
  return [...holder.childNodes].map((node) => {
    const mark = document.createElement("mark");
    mark.textContent = node.textContent;
    return node.nodeName === "MARK" ? mark : document.createTextNode(node.textContent);
  });
}
