// Elements and charts. All text goes in as text: a name with markup in it stays a name.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key in made && key !== 'for') made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child != null));
  return made;
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// As wide as a phone at most, so that letters stay as large as the page's.
const across = () => Math.min(460, document.documentElement.clientWidth - 64);

/** A model in a list of them, to the minute: several are trained in a day. */
export const modelName = m => `${m.experiment}, ${m.variant}, ${m.isDemo ? 'demo corpus' : m.source}, ${m.trained.slice(0, 16).replace('T', ' ')}`;

export const percent = p => `${Math.round(p * 100)}%`;
const points = change => `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(1)}`;

/**
 * Bars of the classes' probabilities, each with the 95% interval that the calibration leaves, where there is one, and a
 * mark where it stood before.
 */
export function bars(classes, answer, target, before = classes) {
  const row = 34, left = 8 + 7.5 * Math.max(...classes.map(c => c.name.length), 4), ranged = classes.some(c => c.low != null), right = ranged ? 118 : 58, width = across(), length = width - left - right;
  const moved = i => Math.abs(classes[i].probability - before[i].probability) >= .0005;
  const words = classes.map(c => `${c.name}: ${percent(c.probability)}${ranged ? `, range ${percent(c.low)} to ${percent(c.high)}` : ''}`).join('; ');
  return svg('svg', { class: 'chart bars', viewBox: `0 0 ${width} ${classes.length * row + 4}`, role: 'img', 'aria-label': `Probability of each class of ${target}. ${words}` },
    ...classes.flatMap((c, i) => {
      const y = i * row + 6, x = p => left + p * length;
      return [
        svg('text', { x: left - 8, y: y + 15, 'text-anchor': 'end' }, c.name),
        svg('rect', { class: 'track', x: left, y, width: length, height: 20, rx: 5 }),
        svg('rect', { class: i === answer ? 'bar best' : 'bar', x: left, y, width: Math.max(1, c.probability * length), height: 20, rx: 5 }),
        moved(i) ? svg('path', { class: 'before', d: `M${x(before[i].probability)} ${y - 3}v26` }) : '',
        ranged ? svg('path', { class: 'range', d: `M${x(c.low)} ${y + 10}H${x(c.high)}M${x(c.low)} ${y + 6}v8M${x(c.high)} ${y + 6}v8` }) : '',
        svg('text', { x: left + length + 10, y: y + 15 }, percent(c.probability)),
        moved(i) ? svg('text', { class: 'faint change', x: left + length + 10, y: y + 28 }, points(c.probability - before[i].probability)) : '',
        ranged ? svg('text', { class: 'faint', x: left + length + 50, y: y + 15 }, `${percent(c.low)}–${percent(c.high)}`) : '',
      ];
    }));
}

/** What each input adds to or takes from the probability, the largest first. */
export function contributions(changes, label, left = 140) {
  const sorted = [...changes].sort((a, b) => Math.abs(b.change) - Math.abs(a.change)), row = 24, width = across(), right = 58, middle = left + (width - left - right) / 2;
  const scale = (width - left - right) / 2 / Math.max(0.02, ...sorted.map(c => Math.abs(c.change)));
  const words = sorted.slice(0, 5).map(c => `${label(c.name)} ${points(c.change)} points`).join(', ');
  return svg('svg', { class: 'chart contributions', viewBox: `0 0 ${width} ${sorted.length * row + 6}`, role: 'img', 'aria-label': `Contributions, the largest first: ${words}` },
    svg('path', { class: 'rule', d: `M${middle} 0V${sorted.length * row + 6}` }),
    ...sorted.flatMap((c, i) => {
      const y = i * row + 4, length = Math.max(0.5, Math.abs(c.change) * scale);
      return [
        svg('text', { x: left - 8, y: y + 13, 'text-anchor': 'end' }, label(c.name)),
        svg('rect', { class: c.change < 0 ? 'down' : 'up', x: c.change < 0 ? middle - length : middle, y, width: length, height: 16, rx: 3 }),
        svg('text', { class: 'faint', x: width - right + 8, y: y + 13 }, points(c.change)),
      ];
    }));
}

// From violet over blue and green to orange, evenly: as many as there are classes, in their order.
const curveColour = (i, count) => `hsl(${275 - 245 * i / Math.max(1, count - 1)} 55% 50%)`;

/** Which colour of the reliability curve is which class. */
export const legend = curves => element('p', { className: 'legend' }, ...curves.flatMap((c, i) => [
  svg('svg', { viewBox: '0 0 10 10', width: 10, height: 10, 'aria-hidden': 'true' }, svg('circle', { cx: 5, cy: 5, r: 5, fill: curveColour(i, curves.length) })), ` ${c.class} `,
]));

/** The reliability curve: on the diagonal, probabilities mean what they say. A dot's area follows its number of songs. */
export function reliability(curves, model) {
  const size = 260, left = 54, bottom = 40, x = p => left + p * (size - left - 18), y = p => 10 + (1 - p) * (size - bottom - 10);
  const most = Math.max(...curves.flatMap(c => c.points.map(p => p.songs)));
  return svg('svg', { class: 'chart reliability', viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': `Calibration of ${model}: ${curves.map(c => `${c.class}: ${c.points.map(p => `given ${percent(p.predicted)}, true for ${percent(p.observed)} of ${p.songs}`).join(', ')}`).join('; ')}` },
    ...[0, .5, 1].flatMap(p => [
      svg('path', { class: 'rule', d: `M${x(0)} ${y(p)}H${x(1)}M${x(p)} ${y(0)}V${y(1)}`, fill: 'none' }),
      svg('text', { class: 'faint', x: x(p), y: size - bottom + 14, 'text-anchor': 'middle' }, percent(p)),
      svg('text', { class: 'faint', x: left - 5, y: y(p) + 4, 'text-anchor': 'end' }, percent(p)),
    ]),
    svg('path', { class: 'rule', d: `M${x(0)} ${y(0)}L${x(1)} ${y(1)}`, 'stroke-width': 2 }),
    svg('text', { class: 'faint', x: x(.5), y: size - 8, 'text-anchor': 'middle' }, 'probability given'),
    svg('text', { class: 'faint', x: 0, y: 0, 'text-anchor': 'middle', transform: `translate(10 ${y(.5)}) rotate(-90)` }, 'share that came true'),
    ...curves.flatMap((c, i) => [
      svg('path', { class: 'curve', stroke: curveColour(i, curves.length), d: c.points.map((p, n) => `${n ? 'L' : 'M'}${x(p.predicted)} ${y(p.observed)}`).join('') }),
      ...c.points.map(p => svg('circle', { class: 'dot', fill: curveColour(i, curves.length), cx: x(p.predicted), cy: y(p.observed), r: 2.5 + 6 * Math.sqrt(p.songs / most) })),
    ]));
}

// matplotlib's magma at ten places, as the notebooks have it.
const magma = ['000004', '180f3d', '440f76', '721f81', '9e2f7f', 'cd4071', 'f1605d', 'fd9668', 'feca8d', 'fcfdbf'].map(hex => [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16)));

function shade(value) {
  const at = value / 255 * (magma.length - 1), low = Math.min(Math.floor(at), magma.length - 2);
  return magma[low].map((channel, i) => channel + (at - low) * (magma[low + 1][i] - channel));
}

const shades = Array.from({ length: 256 }, (_, value) => [...shade(value), 255]);
// Where the model looks: clear to bright cyan, which magma does not have.
const glows = Array.from({ length: 256 }, (_, value) => [80, 255, 235, value * 0.85]);

function paint(canvas, picture, colours) {
  const bytes = Uint8Array.from(atob(picture.values), letter => letter.charCodeAt(0)), { bands, frames } = picture;
  canvas.width = frames;
  canvas.height = bands;
  const context = canvas.getContext('2d'), image = context.createImageData(frames, bands);
  for (let band = 0; band < bands; band++)
    for (let frame = 0; frame < frames; frame++) image.data.set(colours[bytes[band * frames + frame]], 4 * ((bands - 1 - band) * frames + frame));
  context.putImageData(image, 0, 0);
}

export const paintSpectrogram = (canvas, picture) => paint(canvas, picture, shades);
export const paintAttention = (canvas, picture) => paint(canvas, picture, glows);
