// The page /admin/: begins Sveltia CMS with our configuration, and adds what it lacks for our files: a field for values
// that are a text or a record, and a writer of front matter that writes as our own commands do, so that git shows only
// what an editor changed.

// --- A field for a text or a record, or a list of these, such as guests: an id, or a name with a role. ---

// What Sveltia hands over may be a list of React's library Immutable.
function toPlain(value) {
  return value && typeof value.toJS === "function" ? value.toJS() : value;
}

function isRecord(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function renderInput(value, kind, change) {
  if (kind === "truth") {
    return h("input", { type: "checkbox", checked: value === true, onChange: (event) => change(event.target.checked) });
  }
  const parse = {
    list: (text) => text.split(/;\s*/).filter(Boolean),
    number: (text) => (text === "" ? "" : Number(text)),
  }[kind] ?? ((text) => text);
  return h("input", {
    type: { number: "number", day: "date" }[kind] ?? "text",
    value: kind === "list" ? (value || []).join("; ") : (value ?? ""),
    onChange: (event) => change(parse(event.target.value)),
  });
}

const TextOrRecord = createClass({
  getOption(name) {
    return toPlain(this.props.field.get(name));
  },
  // Of a list with texts and records, `value` has the texts only; the entry has all.
  getValue() {
    const whole = this.props.entry && toPlain(this.props.entry.getIn(["data", this.getOption("name")]));
    return whole === undefined || whole === null ? toPlain(this.props.value) : whole;
  },
  getItems() {
    const value = this.getValue();
    if (this.getOption("multiple")) return Array.isArray(value) ? value : [];
    return value === undefined || value === null || value === "" || value === false ? [] : [value];
  },
  change(items) {
    if (this.getOption("multiple")) this.props.onChange(items);
    else this.props.onChange(items.length ? items[0] : "");
  },
  replace(index, item) {
    this.change(this.getItems().map((other, place) => (place === index ? item : other)));
  },
  renderText(item, index) {
    const options = this.getOption("options");
    const text = String(item);
    const label = this.getOption("label");
    if (this.getOption("free_text")) {
      return h("input", {
        type: "text", value: text, "aria-label": label,
        onChange: (event) => this.replace(index, event.target.value === "true" ? true : event.target.value),
      });
    }
    const isKnown = options.some(({ value }) => value === text);
    const choices = isKnown ? options : [{ value: text, label: text || "…" }, ...options];
    return h(
      "select",
      { value: text, "aria-label": label, onChange: (event) => this.replace(index, event.target.value) },
      choices.map(({ value, label: name }) => h("option", { key: value, value }, name)),
    );
  },
  renderRecord(item, index) {
    const change = (name, value) => {
      const record = { ...item, [name]: value };
      if (isEmpty(value) || value === false) delete record[name];
      this.replace(index, record);
    };
    return h(
      "span",
      { className: "record" },
      this.getOption("record_fields").map(({ name, label, kind }) =>
        h("label", { key: name }, `${label} `, renderInput(item[name], kind, (value) => change(name, value))),
      ),
    );
  },
  render() {
    const items = this.getItems();
    const words = this.getOption("words");
    const mayAdd = this.getOption("multiple") || !items.length;
    const button = (text, act) => h("button", { type: "button", onClick: act }, text);
    return h(
      "div",
      { className: "text-or-record", id: this.props.forID },
      items.map((item, index) =>
        h(
          "p",
          { key: index },
          isRecord(item) ? this.renderRecord(item, index) : this.renderText(item, index),
          " ",
          button(words.remove, () => this.change(items.filter((_, place) => place !== index))),
        ),
      ),
      mayAdd && h(
        "p",
        null,
        button(words.add, () => this.change([...items, ""])),
        " ",
        this.getOption("record_fields").length
          ? button(words.record, () => this.change([...items, {}])) : null,
      ),
    );
  },
});

// --- Front matter as our commands write it: plain where it can be, lists of plain values on one line. ---

const DATE = /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)(?:\.\d+)?((?:Z|[-+]\d\d:\d\d)?)$/;
// Texts that YAML takes for themselves, whatever its version: not for a number, a truth value or nothing.
const PLAIN = /^[\p{L}\d_/(„“”»«§][^\n\t"'#:\\{}[\],&*!|>%@`]*(?:[^\s"'#:\\{}[\],&*!|>%@`])?$/u;
const PLAIN_OUTSIDE = /^[\p{L}\d_/(„“”»«§](?:[^\n\t#:]|:(?=\S)|(?<=\S)#)*$/u;
const NUMBER = /^[-+]?(?:0x[\da-f_]+|0o?[0-7_]+|0b[01_]+|\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?)$/i;
const OTHER_TYPE = /^(?:true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan)$/i;

function writeText(text, inList) {
  if (DATE.test(text)) return text.replace(DATE, "$1$2"); // Sveltia adds milliseconds
  const isSafe = (inList ? PLAIN : PLAIN_OUTSIDE).test(text) && !NUMBER.test(text) && !OTHER_TYPE.test(text)
    && text === text.trim();
  if (isSafe) return text;
  return /[\n\t\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)
    ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
}

function writeScalar(value, inList = false) {
  if (typeof value === "string") return writeText(value, inList);
  return value === null || value === undefined ? "null" : String(value);
}

function isEmpty(value) {
  if (Array.isArray(value)) return !value.length;
  return value === null || value === undefined || value === "" || (isRecord(value) && !Object.keys(value).length);
}

function writeMapping(record, indent) {
  return Object.entries(record)
    .filter(([, value]) => !isEmpty(value))
    .map(([key, value]) => `${indent}${writeText(key, true)}:${writeValue(value, indent)}`)
    .join("");
}

function writeValue(value, indent) {
  if (Array.isArray(value)) {
    const items = value.filter((item) => !isEmpty(item));
    if (!items.some((item) => typeof item === "object")) {
      return ` [${items.map((item) => writeScalar(item, true)).join(", ")}]\n`;
    }
    return `\n${items.map((item) => writeItem(item, indent)).join("")}`;
  }
  return isRecord(value) ? `\n${writeMapping(value, `${indent}  `)}` : ` ${writeScalar(value)}\n`;
}

function writeItem(item, indent) {
  if (!isRecord(item)) return `${indent}- ${writeScalar(item)}\n`;
  return `${indent}- ${writeMapping(item, `${indent}  `).trimStart()}`;
}

// What nobody chose is left out, as our commands do: a form has a switch for each of these.
function dropUnset(record) {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([, value]) => value !== false)
      .map(([key, value]) => [
        key,
        Array.isArray(value) ? value.map((item) => (isRecord(item) ? dropUnset(item) : item))
          : isRecord(value) ? dropUnset(value) : value,
      ]),
  );
}

const configuration = JSON.parse(document.getElementById("configuration").textContent);
const places = new Map();
for (const { fields = [] } of configuration.collections) {
  for (const { name } of fields) if (!places.has(name)) places.set(name, places.size);
}

// Sveltia puts last what a field of our own holds.
function sortKeys(values) {
  const getPlace = ([name]) => places.get(name) ?? places.size;
  return Object.fromEntries(Object.entries(values).sort((one, other) => getPlace(one) - getPlace(other)));
}

function writeFile({ body = "", ...values }) {
  const front = writeMapping(dropUnset(sortKeys(values)), "");
  const text = body.replace(/^\n+/, "").trimEnd();
  return `---\n${front}---\n\n${text}\n`;
}

CMS.registerFieldType("text_or_record", TextOrRecord);
CMS.registerCustomFormat("yaml-frontmatter", "md", { toFile: writeFile });
CMS.init({ config: configuration });
