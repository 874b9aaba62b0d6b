# The other end of PythonProcess: takes requests as lines of JSON, answers with lines of JSON, the last of them {"kind": "done"}.
import ast, datetime, io, json, os, signal, sys, traceback

answers = os.fdopen(os.dup(1), 'w', encoding='utf-8')
requests = os.fdopen(os.dup(0), encoding='utf-8')
os.dup2(2, 1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


def send(kind, **more):
    answers.write(json.dumps({'kind': kind, **more}) + '\n')
    answers.flush()


class Stream(io.TextIOBase):
    def __init__(self, name):
        self.name = name

    def write(self, text):
        send('stream', name=self.name, text=text)
        return len(text)


sys.stdout, sys.stderr = Stream('stdout'), Stream('stderr')
names = {'__name__': '__main__'}


def run(request):
    tree = ast.parse(request['code'], 'cell')
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, 'cell', 'exec'), names)
    value = None if last is None else eval(compile(last, 'cell', 'eval'), names)
    if value is not None:
        html = getattr(value, '_repr_html_', lambda: None)()
        send('result', data={'text/plain': repr(value), **({'text/html': html} if html else {})})


def set_value(request):
    names[request['name']] = array(request['npy']) if 'npy' in request else table(request['columns']) if 'columns' in request else request['value']


# A write changes the copy in memory, not the file.
def array(path):
    import numpy
    return numpy.load(path, mmap_mode='c')


def table(columns):
    data = {c['name']: array(c['npy']) if 'npy' in c else [v and datetime.datetime.fromisoformat(v.rstrip('Z')) for v in c['values']] if c['kind'] == 'time' else c['values'] for c in columns}
    try:
        import pandas
    except ImportError:
        return data
    return pandas.DataFrame(data)


def get_value(request):
    if request['name'] not in names:
        raise NameError(f"name {request['name']!r} is not defined")
    value = names[request['name']]
    numpy, pandas = sys.modules.get('numpy'), sys.modules.get('pandas')
    if hasattr(value, 'detach'):
        value = value.detach().cpu().numpy()
    if pandas and isinstance(value, pandas.Series):
        value = value.to_numpy()
    if pandas and isinstance(value, pandas.DataFrame):
        send('value', columns=[column(str(name), series, f"{request['npy']}.{i}.npy") for i, (name, series) in enumerate(value.items())])
    elif numpy and isinstance(value, numpy.ndarray) and value.dtype.kind in 'biuf' and value.dtype.itemsize <= 8:
        numpy.save(request['npy'], numpy.ascontiguousarray(value))
        send('value', npy=request['npy'])
    else:
        send('value', value=value.tolist() if hasattr(value, 'tolist') else value)


def column(name, series, path):
    import numpy, pandas
    if series.dtype.kind in 'biuf':
        numpy.save(path, series.to_numpy())
        return {'name': name, 'npy': path}
    time = series.dtype.kind == 'M'
    return {'name': name, 'kind': 'time' if time else '', 'values': [None if pandas.isna(v) else v.isoformat() if time else v if isinstance(v, (str, bool, int, float)) else str(v) for v in series]}


running = early = False


# An interrupt that comes before its request was read stops it at its start.
def interrupt(number, frame):
    global early
    if running:
        raise KeyboardInterrupt
    early = True


signal.signal(signal.SIGUSR1, interrupt)
# This one comes to all that the kernel has started; the kernel passes on what is meant for Python.
signal.signal(signal.SIGINT, lambda number, frame: None)

while True:
    line = requests.readline()
    if not line:
        break
    try:
        running = True
        if early:
            raise KeyboardInterrupt
        request = json.loads(line)
        {'run': run, 'set': set_value, 'get': get_value}[request['do']](request)
    except KeyboardInterrupt:
        send('error', name='KeyboardInterrupt', message='', traceback=['KeyboardInterrupt'])
    except BaseException as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != '<string>']
        send('error', name=type(error).__name__, message=str(error), traceback=[line.rstrip('\n') for line in traceback.format_list(frames) + traceback.format_exception_only(type(error), error)])
    running = early = False
    send('done')
