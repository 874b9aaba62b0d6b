// The form: a genre and numbers, answered while a slider moves.
import { get, post, send } from './api.js';
import { bars, contributions, element, modelName, percent } from './draw.js';

const $ = id => document.getElementById(id);
// The answer before anything was moved, beside which each bar stands; whether the class was chosen by hand.
let form = null, asking = null, wanted = false, before = null, classChosen = false;

export function start(models) {
  const readers = models.filter(m => !m.listens), reader = $('reader');
  reader.replaceChildren(...readers.map(m => element('option', { value: m.id, selected: m.isDefault, textContent: modelName(m) })));
  $('reader-row').hidden = readers.length === 0;
  $('reader-verdict').hidden = false;
  if (readers.length === 0) {
    $('reader-verdict').textContent = 'There is no model that reads numbers yet. In a terminal: ./research train spotify-mlp-bins4-duration --variant audited. It takes some seconds; then load this page again.';
    return;
  }
  reader.onchange = load;
  $('genre').onchange = ask;
  $('target').onchange = () => { classChosen = true; ask(); };
  $('reset').onclick = () => { typical(); ask(); };
  $('measure').onclick = () => $('recording').click();
  $('recording').onchange = () => { if ($('recording').files[0]) measure($('recording').files[0]); $('recording').value = ''; };
  load();
}

const shown = (field, value) => field.values?.[value] ?? (field.name === 'duration_ms' ? `${Math.floor(value / 60000)}:${String(Math.round(value / 1000) % 60).padStart(2, '0')} min`
  : `${Number(value).toLocaleString('en', { maximumFractionDigits: Math.max(0, Math.round(-Math.log10(field.step))) }).replace('-', '−')}${field.unit ? ` ${field.unit}` : ''}`);

async function load() {
  try {
    form = await get(`api/form?model=${encodeURIComponent($('reader').value)}`);
  } catch (e) {
    trouble(e);
    return;
  }
  $('reader-verdict').textContent = `This model: ${form.verdict}.`;
  $('genre').replaceChildren(...form.genres.map(genre => element('option', { value: genre, textContent: genre })));
  $('target').replaceChildren(...form.classes.map((name, i) => element('option', { value: i, textContent: `${form.target} ${name}`, selected: i === form.classes.length - 1 })));
  $('fields').replaceChildren(...form.fields.map(field => {
    const output = element('output', { htmlFor: `field-${field.name}`, id: `value-${field.name}` });
    const limits = { min: field.least, max: field.most, step: field.step };
    const input = element('input', { type: 'range', id: `field-${field.name}`, name: field.name, ...limits, oninput: () => { tell(field); ask(); } });
    // What has names is chosen by the slider alone.
    const box = field.values ? null : element('input', { type: 'number', id: `box-${field.name}`, ...limits, oninput: () => type(field) });
    input.setAttribute('aria-describedby', `help-${field.name}`);
    box?.setAttribute('aria-label', `${field.label}, typed`);
    const usual = field.values || field.deviation === 0 ? '' : ` Training songs: mostly ${shown(field, Math.max(field.least, field.typical - field.deviation))} to ${shown(field, Math.min(field.most, field.typical + field.deviation))}.`;
    return element('div', { className: 'field' }, element('label', { for: `field-${field.name}` }, field.label, ' ', output), element('div', { className: 'pair' }, input, box), element('p', { className: 'quiet', id: `help-${field.name}`, textContent: field.help + usual }));
  }));
  $('form-left-out').textContent = form.leftOut ?? '';
  classChosen = false;
  typical();
  $('form-area').hidden = false;
  ask();
}

function tell(field) {
  const input = $(`field-${field.name}`), words = shown(field, input.value);
  $(`value-${field.name}`).textContent = words;
  const box = $(`box-${field.name}`);
  if (box && box !== document.activeElement) box.value = input.value;
  input.setAttribute('aria-valuetext', words);
}

// What is typed counts as soon as it is a number that the field can have.
function type(field) {
  const box = $(`box-${field.name}`);
  if (box.value === '' || !box.checkValidity()) return;
  $(`field-${field.name}`).value = box.value;
  tell(field);
  ask();
}

function typical() {
  before = null;
  $('genre').value = form.genre;
  for (const field of form.fields) { $(`field-${field.name}`).value = field.typical; tell(field); }
}

// What is measured of a recording takes its place in the form; the rest stays, and is named.
async function measure(file) {
  const of = form, words = $('measured');
  words.hidden = false;
  words.textContent = `Measuring ${file.name} …`;
  try {
    const { numbers } = await send('api/describe', file, () => {});
    if (of !== form) return;
    const labels = fields => fields.map(field => field.label.toLowerCase()).join(', ');
    const there = form.fields.filter(field => field.name in numbers), missing = form.fields.filter(field => !(field.name in numbers));
    for (const field of there) { $(`field-${field.name}`).value = numbers[field.name]; tell(field); }
    words.textContent = `Measured of ${file.name}: ${labels(there)}. Not measured, and as they were: genre${missing.length ? `, ${labels(missing)}` : ''}. A catalogue's own figures may differ.`;
    ask();
  } catch (e) {
    words.textContent = `${file.name} was not measured: ${e.message}`;
  }
}

// One question at a time: while a slider moves, the latest place is asked next.
async function ask() {
  wanted = true;
  if (asking) return;
  while (wanted) {
    wanted = false;
    const of = form;
    asking = post(`api/form?model=${encodeURIComponent(of.model)}`, { genre: $('genre').value, class: Number($('target').value), numbers: Object.fromEntries(of.fields.map(field => [field.name, Number($(`field-${field.name}`).value)])) });
    try {
      const answer = await asking;
      if (of === form) show(answer);
    } catch (e) {
      trouble(e);
    }
  }
  asking = null;
}

function show(answer) {
  $('form-trouble').hidden = true;
  before ??= answer.classes;
  // What there is to explain first is the likeliest class.
  if (!classChosen && answer.class !== answer.answer) {
    $('target').value = answer.answer;
    ask();
  }
  const best = answer.classes[answer.answer], labels = Object.fromEntries(form.fields.map(field => [field.name, field.label]));
  $('form-headline').textContent = `Likeliest ${form.target}: ${best.name}, ${percent(best.probability)}`;
  $('form-bars').replaceChildren(bars(answer.classes, answer.answer, form.target, before));
  $('form-range').textContent = answer.calibration;
  const name = form.classes[answer.class];
  $('form-typical').textContent = `A typical song has ${percent(answer.typical)} for ${name}; what this one's numbers add and take, in percentage points, makes it ${percent(answer.classes[answer.class].probability)}.`;
  $('form-contributions').replaceChildren(contributions(answer.contributions, id => labels[id] ?? 'Genre'));
}

function trouble(e) {
  $('form-trouble').hidden = false;
  $('form-trouble').textContent = e.message;
}
