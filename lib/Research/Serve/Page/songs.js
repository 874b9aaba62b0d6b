// Songs: dropped or chosen, sent one by one, heard, drawn and put in order.
import { post, send } from './api.js';
import { bars, contributions, element, modelName, paintAttention, paintSpectrogram, percent } from './draw.js';

const AT_ONCE = 2;
const audible = /\.(mp3|m4a|mp4|aac|ogg|oga|opus|flac|wav|aiff?|wma|webm|mka|ac3|mp2|wv|ape)$/i;
const $ = id => document.getElementById(id);
const clock = s => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, '0')}`;

const songs = [];
let running = 0, limit = Infinity, most = 500, rankings = 0, describing = Promise.resolve();

export function start(models, limits) {
  limit = limits.bytes;
  most = limits.songs;
  $('limits').textContent = `mp3, m4a, ogg, opus, flac, wav; up to ${Math.round(limit / 1e6)} MB each`;
  const ears = models.filter(m => m.listens), ear = $('ear');
  ear.replaceChildren(...ears.map(m => element('option', { value: m.id, selected: m.isDefault, textContent: modelName(m) })));
  const tellVerdict = () => {
    const model = ears.find(m => m.id === ear.value);
    $('ear-verdict').hidden = false;
    $('ear-verdict').textContent = model ? `This model: ${model.verdict}.` : 'There is no model that listens yet. In a terminal: ./research train descriptor-mlp --variant audited. It takes a minute; then load this page again.';
  };
  ear.onchange = () => { tellVerdict(); for (const song of songs) again(song); };
  tellVerdict();
  $('ear-row').hidden = ears.length === 0;
  $('choose').disabled = $('choose-folder').disabled = ears.length === 0;

  for (const [button, input] of [['choose', 'files'], ['choose-folder', 'folder']]) {
    $(button).onclick = () => $(input).click();
    $(input).onchange = () => { add([...$(input).files], input === 'folder'); $(input).value = ''; };
  }
  // The whole page takes a drop, so that a song that misses the frame does not replace the page.
  let depth = 0;
  addEventListener('dragenter', e => { e.preventDefault(); depth++; $('drop').classList.add('over'); });
  addEventListener('dragleave', () => { if (--depth <= 0) $('drop').classList.remove('over'); });
  addEventListener('dragover', e => e.preventDefault());
  addEventListener('drop', async e => {
    e.preventDefault();
    depth = 0;
    $('drop').classList.remove('over');
    if (ears.length === 0) return;
    const entries = [...e.dataTransfer.items].map(item => item.webkitGetAsEntry?.()).filter(entry => entry);
    const folders = entries.some(entry => entry.isDirectory);
    add(folders ? (await Promise.all(entries.map(below))).flat() : [...e.dataTransfer.files], folders);
  });
}

async function below(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader(), found = [];
  for (let some; (some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length;) found.push(...some);
  return (await Promise.all(found.map(below))).flat();
}

function add(files, ofFolder) {
  // A folder holds covers and lists as well.
  const chosen = (ofFolder ? files.filter(file => audible.test(file.name)) : files).sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  if (files.length && !chosen.length) $('status').textContent = 'There is no audio file in this folder.';
  for (const file of chosen.slice(0, most - songs.length)) {
    const song = { file, ...card(file) };
    songs.push(song);
    $('cards').append(song.card);
    if (file.size > limit) fail(song, new Error(`The file is larger than ${Math.round(limit / 1e6)} MB, the most that is taken here.`));
    else if (file.size === 0) fail(song, new Error('The file is empty.'));
    else queue(song);
  }
  overall();
  next();
}

function card(file) {
  const address = URL.createObjectURL(file);
  const state = element('p', { className: 'quiet state' }), bar = element('progress', { max: 1, value: 0 }), body = element('div');
  bar.setAttribute('aria-label', `Progress of ${file.name}`);
  const audio = element('audio', { controls: true, preload: 'metadata', ...(file.size && { src: address }) });
  audio.setAttribute('aria-label', file.name);
  const made = element('article', { className: 'card' },
    element('div', { className: 'head' }, element('h3', { textContent: file.name }), element('button', { type: 'button', textContent: 'Remove', 'aria-label': `Remove ${file.name}`, onclick: () => remove(made, address) })),
    audio, state, bar, body);
  return { card: made, state, bar, body, audio };
}

function remove(made, address) {
  const at = songs.findIndex(song => song.card === made);
  const nextFocus = songs[at + 1]?.card.querySelector('button') ?? $('choose');
  songs.splice(at, 1);
  made.remove();
  URL.revokeObjectURL(address);
  overall();
  rank();
  nextFocus.focus();
}

function queue(song) {
  Object.assign(song, { status: 'waiting', answer: null });
  song.body.replaceChildren();
  song.bar.hidden = false;
  song.bar.value = 0;
  song.state.hidden = false;
  song.state.className = 'quiet state';
  song.state.textContent = 'Waiting for its turn';
}

function again(song) {
  if (song.status === 'done' || song.status === 'failed' && song.file.size <= limit && song.file.size) { queue(song); overall(); next(); }
  else if (song.status === 'busy') song.stale = true;
}

function next() {
  while (running < AT_ONCE) {
    const song = songs.find(s => s.status === 'waiting');
    if (!song) return;
    running++;
    song.status = 'busy';
    song.stale = false;
    song.state.textContent = 'Sending';
    const model = $('ear').value;
    send(`api/predict?model=${encodeURIComponent(model)}`, song.file, done => {
      if (done < 1) song.bar.value = done / 2;
      else { song.bar.removeAttribute('value'); song.state.textContent = 'Listening'; }
    }).then(answer => { if (!song.stale) show(song, answer); }, e => { if (!song.stale) fail(song, e); }).finally(() => {
      if (song.stale) queue(song);
      running--;
      overall();
      rank();
      next();
    });
  }
}

function fail(song, error) {
  song.status = 'failed';
  song.bar.hidden = true;
  song.state.hidden = false;
  song.state.className = 'notice trouble state';
  song.state.textContent = error.message;
}

function overall() {
  const done = songs.filter(s => s.status === 'done').length, failed = songs.filter(s => s.status === 'failed').length;
  $('overall').hidden = songs.length < 2;
  $('overall-bar').max = songs.length || 1;
  $('overall-bar').value = done + failed;
  $('overall-bar').hidden = done + failed === songs.length;
  const words = `${done} of ${songs.length} ${songs.length === 1 ? 'song' : 'songs'} answered${failed ? `, ${failed} refused` : ''}`;
  $('overall-text').textContent = words;
  if (songs.length) $('status').textContent = words;
}

function show(song, answer) {
  Object.assign(song, { status: 'done', answer });
  song.bar.hidden = true;
  song.state.hidden = true;
  $('range').hidden = false;
  $('range').textContent = answer.calibration;
  const clips = answer.clips.map(clip => drawn(song, answer, clip));
  song.audio.ontimeupdate = () => clips.forEach(clip => clip.follow(song.audio.currentTime));
  if (answer.unlike) {
    song.body.replaceChildren(
      element('p', { className: 'headline' }, `${answer.target[0].toUpperCase()}${answer.target.slice(1)}: `, element('strong', { textContent: 'not told' })),
      element('p', { className: 'notice', textContent: answer.unlike }),
      element('div', { className: 'clips' }, ...clips.map(clip => clip.figure)), sounding(song));
    return;
  }
  const best = answer.classes[answer.answer];
  const beside = answer.contributions.length ? [reasons(answer)] : [...clips.map(clip => clip.figure), looking(song, answer, clips.map(clip => clip.glow))];
  song.body.replaceChildren(
    element('p', { className: 'headline' }, `Likeliest ${answer.target}: `, element('strong', { textContent: best.name }), `, ${percent(best.probability)}${best.low == null ? '' : ` (${percent(best.low)} to ${percent(best.high)})`}`),
    element('div', { className: 'split' },
      bars(answer.classes, answer.answer, answer.target),
      element('div', { className: 'clips' }, ...beside)),
    sounding(song));
}

const spoken = name => name.replaceAll('_', ' ');

// What each descriptor adds and takes: the largest by name, the others together.
function reasons(answer) {
  const sorted = [...answer.contributions].sort((a, b) => Math.abs(b.change) - Math.abs(a.change)), top = sorted.slice(0, 10), rest = sorted.slice(10);
  if (rest.length) top.push({ name: `${rest.length} others`, change: rest.reduce((sum, c) => sum + c.change, 0) });
  const name = answer.classes.at(-1).name;
  return element('div', {},
    element('p', { className: 'quiet', textContent: `A typical song has ${percent(answer.typical)} for ${name}; what this one's sound adds and takes, in percentage points, makes it ${percent(answer.classes.at(-1).probability)}.` }),
    contributions(top, spoken, 200),
    answer.advice.length ? element('p', { className: 'quiet', textContent: 'It is' }) : null,
    element('ul', { className: 'advice' }, ...answer.advice.map(textContent => element('li', { textContent }))));
}

// What is measured of the song, whatever model was asked; song after song, behind the answers.
function sounding(song) {
  if (song.sounding) return song.sounding;
  const words = element('summary', { textContent: 'Measuring the sound …' }), rows = element('tbody');
  song.sounding = element('details', { className: 'sound' }, words, element('table', {}, rows));
  describing = describing.then(async () => {
    if (!songs.includes(song)) return;
    try {
      const sound = await send('api/describe', song.file, () => {});
      const text = name => sound.descriptors.find(d => d.name === name).text;
      words.textContent = `Measured: ${text('tempo')}, ${sound.key ?? 'no key'}, ${text('loudness_integrated')}, true peak ${text('true_peak')}, ${text('onset_rate')} onsets, centroid ${text('spectral_centroid_mean')}`;
      rows.replaceChildren(...sound.descriptors.map(d => element('tr', {}, element('th', { scope: 'row', textContent: spoken(d.name) }), element('td', { textContent: d.text }), element('td', { className: 'quiet', textContent: d.definition }))));
    } catch (e) {
      words.textContent = `The sound was not measured: ${e.message}`;
    }
  });
  return song.sounding;
}

function drawn(song, answer, clip) {
  const canvas = element('canvas'), glow = element('canvas', { className: 'glow' }), needle = element('div', { className: 'needle', hidden: true });
  const span = clip.seconds == null ? clock(clip.start) : `${clock(clip.start)} to ${clock(clip.start + clip.seconds)}`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${answer.frequencies ? 'Mel spectrogram' : 'Coefficients (MFCC)'} of the clip from ${span}`);
  paintSpectrogram(canvas, clip.features);
  const hz = answer.frequencies;
  const picture = element('div', { className: 'picture', title: 'Play from here', onclick: e => {
    if (clip.seconds == null) return;
    song.audio.currentTime = clip.start + e.offsetX / picture.clientWidth * clip.seconds;
    song.audio.play();
  } }, canvas, glow, needle,
    hz && element('span', { className: 'hz top', textContent: `${(hz.at(-1) / 1000).toFixed(1)} kHz` }), hz && element('span', { className: 'hz bottom', textContent: `${hz[0]} Hz` }));
  const alone = clip.probabilities.indexOf(Math.max(...clip.probabilities));
  const said = answer.unlike ? '' : `the model on this clip alone: ${answer.classes[alone].name}, ${percent(clip.probabilities[alone])}`;
  const figure = element('figure', { className: 'spectrogram' }, picture,
    element('figcaption', {}, element('span', { textContent: span }), element('span', { textContent: said })));
  return { figure, glow, follow: time => {
    const place = clip.seconds == null ? -1 : (time - clip.start) / clip.seconds;
    needle.hidden = !(place >= 0 && place <= 1);
    needle.style.left = `${place * 100}%`;
  } };
}

// Where the model looks costs more than its answer: it is asked for when somebody wants to see it.
function looking(song, answer, glows) {
  const shown = element('input', { type: 'checkbox' }), strength = element('input', { type: 'range', min: 0, max: 100, value: 80, disabled: true });
  const target = element('select', { disabled: true }, ...answer.classes.map((c, i) => element('option', { value: i, selected: i === answer.answer, textContent: c.name })));
  target.setAttribute('aria-label', 'What speaks for which class');
  strength.setAttribute('aria-label', 'Strength of the attention over the spectrogram');
  const words = element('span', { className: 'quiet' });
  let drawnFor = null;
  const apply = () => glows.forEach(glow => { glow.style.opacity = shown.checked ? strength.value / 100 : 0; });
  const ask = async () => {
    strength.disabled = target.disabled = !shown.checked;
    apply();
    if (!shown.checked || drawnFor === target.value) return;
    const wanted = target.value;
    words.textContent = 'Looking …';
    try {
      const attention = await send(`api/attention?model=${encodeURIComponent(answer.model)}&class=${wanted}`, song.file, () => {});
      attention.clips.forEach((clip, i) => paintAttention(glows[i], clip.map));
      drawnFor = wanted;
      words.textContent = `Bright is what speaks for ${attention.name} (${attention.method}).`;
    } catch (e) {
      words.textContent = e.message;
    }
  };
  shown.onchange = target.onchange = ask;
  strength.oninput = apply;
  return element('div', { className: 'look' }, element('label', {}, shown, 'Where the model looks'), target, strength, words);
}

async function rank() {
  const answered = songs.filter(s => s.answer && !s.answer.unlike), turn = ++rankings;
  $('ranking').hidden = answered.length < 2;
  if (answered.length < 2) return;
  try {
    const model = answered[0].answer.model;
    const { order } = await post('api/rank', { model, songs: answered.filter(s => s.answer.model === model).map(s => ({ file: s.file.name, probabilities: s.answer.classes.map(c => c.probability) })) });
    if (turn !== rankings) return;
    const asked = answered.filter(s => s.answer.model === model);
    $('order').replaceChildren(...order.flatMap((place, i) => {
      const song = asked[place.song], top = song.answer.classes.at(-1), bar = element('span');
      bar.style.width = percent(top.probability);
      const items = [element('li', {},
        element('span', { className: 'place', textContent: `${i + 1}` }), element('span', { className: 'name', textContent: place.file }),
        element('span', { className: 'bar-cell' }, element('span', { className: 'meter', 'aria-hidden': 'true' }, bar)), element('span', { className: 'share', textContent: percent(top.probability), title: `probability of ${song.answer.target} ${top.name}` }))];
      if (place.beforeNext != null) items.push(element('li', { className: 'between' }, element('span', { className: place.tooCloseToCall ? 'close' : '', textContent: place.tooCloseToCall ? `too close to call (${percent(place.beforeNext)})` : `right order with ${percent(place.beforeNext)}` })));
      return items;
    }));
    $('ranking').querySelector('p').textContent = `By the expected class; the bar is the probability of ${asked[0].answer.target} ${asked[0].answer.classes.at(-1).name}. Between two neighbours: the chance that their order is right.`;
  } catch (e) {
    if (turn === rankings) $('order').replaceChildren(element('li', { className: 'between', textContent: e.message }));
  }
}
