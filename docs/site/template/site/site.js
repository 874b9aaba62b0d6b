// Works on pages that were opened from a disk, where browsers fetch nothing: what is needed comes as a script.
const root = document.currentScript.dataset.root;

function load(name) {
    return new Promise((done, failed) => {
        const script = Object.assign(document.createElement('script'), { src: root + 'site/' + name, onload: done, onerror: failed });
        document.head.append(script);
    });
}

// A type's page stands in the navigation as its namespace does.
const space = [...document.querySelectorAll('.facts a')].filter(link => link.pathname.includes('/api/')).at(-1);
for (const link of document.querySelectorAll('nav a'))
    if (link.href === space?.href) link.setAttribute('aria-current', 'true');

// Charts, each with its picture until it is drawn.
const charts = document.querySelectorAll('.chart');
if (charts.length)
    load('plotly.js').then(() => {
        for (const chart of charts) {
            const { data, layout } = JSON.parse(chart.querySelector('script').textContent);
            chart.replaceChildren();
            Plotly.newPlot(chart, data, layout, { responsive: true, displaylogo: false });
        }
    });

// Search: every word has to be there; a name counts for more than the text.
const query = document.getElementById('query'), found = document.getElementById('found');
let loading;

function score(page, words) {
    const title = page.title.toLowerCase(), name = title.split(' ').at(-1);
    let sum = 0;
    for (const word of words) {
        const text = page.text.split(word).length - 1;
        const part = name === word ? 100 : name.startsWith(word) ? 50 : title.includes(word) ? 25 : Math.min(text, 10);
        if (!part) return 0;
        sum += part;
    }
    return sum;
}

function excerpt(page, word) {
    const place = Math.max(0, page.text.indexOf(word) - 40);
    return (place ? '…' : '') + page.text.slice(place, place + 160);
}

query.addEventListener('input', async () => {
    await (loading ??= load('pages.js'));
    const words = query.value.toLowerCase().split(/\s+/).filter(word => word);
    const best = words.length === 0 ? [] : pages
        .map(page => ({ page, score: score(page, words) }))
        .filter(hit => hit.score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, 20);
    found.hidden = words.length === 0;
    found.replaceChildren(...best.map(({ page }) => {
        const link = Object.assign(document.createElement('a'), { href: root + page.href, textContent: page.title });
        link.append(Object.assign(document.createElement('small'), { textContent: excerpt(page, words[0]) }));
        const item = document.createElement('li');
        item.append(link);
        return item;
    }));
    if (words.length && !best.length)
        found.append(Object.assign(document.createElement('li'), { textContent: 'Nothing is found.' }));
});

document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== query) {
        event.preventDefault();
        query.focus();
    }
    if (event.key === 'Escape') found.hidden = true;
    if (event.key === 'Enter' && document.activeElement === query) found.querySelector('a')?.click();
});
