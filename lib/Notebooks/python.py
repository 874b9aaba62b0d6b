# The other end of PythonProcess: takes requests as lines of JSON, answers with lines of JSON, the last of them {"kind": "done"}.
import ast, io, json, os, signal, sys, traceback

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
    if 'npy' in request:
        import numpy
        names[request['name']] = numpy.load(request['npy'], mmap_mode='r')
    else:
        names[request['name']] = request['value']


def get_value(request):
    if request['name'] not in names:
        raise NameError(f"name {request['name']!r} is not defined")
    value = names[request['name']]
    numpy = sys.modules.get('numpy')
    if numpy and isinstance(value, numpy.ndarray) and value.dtype.kind in 'fi' and value.dtype.itemsize >= 4:
        numpy.save(request['npy'], numpy.ascontiguousarray(value))
        send('value', npy=request['npy'])
    else:
        send('value', value=value.tolist() if hasattr(value, 'tolist') else value)


running = early = False


# An interrupt that comes before its request was read stops it at its start. Set here, since whoever started us may ignore the signal.
def interrupt(number, frame):
    global early
    if running:
        raise KeyboardInterrupt
    early = True


signal.signal(signal.SIGINT, interrupt)

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
