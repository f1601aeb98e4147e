// Holds dashboards against the types that Grafana publishes: the dashboard as a whole, and of each panel its options and the
// way in which it draws, which depend on its type. What Grafana does not know it would pass over without a word.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const types = 'node_modules/@grafana/schema/dist/types/raw';

// compile makes a validator of a TypeScript type.
function compile(path, type) {
  const schema = createGenerator({ path: `${types}/${path}/x/types.gen.d.ts`, type, skipTypeCheck: true, additionalProperties: false }).createSchema(type);
  return new Ajv({ allErrors: true, strict: false }).compile(schema);
}

// The two panel types whose folder is not called like them.
const folders = { 'state-timeline': 'statetimeline', 'status-history': 'statushistory' };
const compiled = new Map();

// ofPanel is the validator of a panel's Options or FieldConfig, and undefined where Grafana publishes none.
function ofPanel(panelType, type) {
  const key = `${panelType} ${type}`;
  if (!compiled.has(key)) {
    const path = `composable/${folders[panelType] ?? panelType}/panelcfg`;
    const text = readFileSync(`${types}/${path}/x/types.gen.d.ts`, 'utf8');
    const published = new RegExp(`^export (interface|type) ${type}\\b`, 'm').test(text);
    compiled.set(key, published ? compile(path, type) : undefined);
  }
  return compiled.get(key);
}

const said = (e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`;

function mistakes(dashboard, whole) {
  const list = [];
  const add = (where, errors) => list.push(...errors.map((e) => `${where}: ${said(e)}`));
  // Of a panel's options nothing is required: Grafana has a default for each.
  const check = (validate, value, where) => {
    if (validate && !validate(value)) add(where, validate.errors.filter((e) => e.keyword !== 'required'));
  };
  if (!whole(dashboard)) add('dashboard', whole.errors);
  for (const panel of dashboard.panels.flatMap((p) => [p, ...(p.panels ?? [])])) {
    if (panel.type === 'row') continue;
    const where = `panel ${panel.title}`;
    check(ofPanel(panel.type, 'Options'), panel.options ?? {}, `${where}: options`);
    check(ofPanel(panel.type, 'FieldConfig'), panel.fieldConfig?.defaults?.custom ?? {}, `${where}: custom`);
  }
  return list;
}

const whole = compile('dashboard', 'Dashboard');
const files = process.argv.slice(2);
let failed = files.length === 0;
for (const file of files) {
  const dashboard = JSON.parse(readFileSync(file, 'utf8'));
  const list = mistakes(dashboard, whole);
  for (const mistake of list) console.error(`${basename(file)}: ${mistake}`);
  failed ||= list.length > 0;

  // A check that passes everything is none: each dashboard must fail it with one thing changed.
  const broken = [(d) => (d.tag = []), (d) => (d.panels[1].titel = ''), (d) => (d.panels[1].options.colour = 'red'), (d) => (d.templating.list[0].refresh = 'often')];
  for (const breaks of broken) {
    const copy = structuredClone(dashboard);
    breaks(copy);
    if (mistakes(copy, whole).length <= list.length) {
      console.error(`${basename(file)}: the check does not see ${breaks}`);
      failed = true;
    }
  }
}
console.log(`${files.length} dashboards, against Grafana's types ${JSON.parse(readFileSync('node_modules/@grafana/schema/package.json', 'utf8')).version}`);
process.exit(failed ? 1 : 0);
