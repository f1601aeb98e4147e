package e2e

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// world is all that runs: the program, what watches it, and what is told by that.
type world struct {
	dir, program string
	env          []string // how commands reach the program
	addr         string   // of the program
	natsURL      string   // of the program, once it is guarded
	begun        time.Time

	kaohe, alertmanager *process
	prometheus          *prometheus
	amURL               string
	sink                *sink

	list map[string][]written
	step string // the one before
	mark int    // of the sink, at the begin of the present step
}

// newWorld starts everything: the program with the demo, as kaohe demo does it.
func newWorld(t *testing.T, program string) *world {
	w := &world{dir: t.TempDir(), program: program, begun: time.Now(), list: mustList(t), sink: startSink(t)}
	w.startAlertmanager(t)
	addr := filepath.Join(w.dir, "addr")
	w.kaohe = start(t, w.dir, "kaohe", program, "demo", "--data", w.data(), "--listen", "127.0.0.1:0", "--addr-file", addr)
	w.addr = w.kaohe.wrote(t, addr)
	w.env = []string{"KAOHE_SERVER=http://" + w.addr}

	self := freePort(t)
	rewriteAll(t, w.dir, "prometheus/rules/*.yml", rulesEdits())
	rewriteAll(t, w.dir, "prometheus/prometheus.yml", w.prometheusEdits(self))
	w.prometheus = startPrometheus(t, w.dir, "prometheus", self, w.prometheusConfig(), filepath.Join(w.dir, "tsdb"))
	return w
}

func (w *world) data() string { return filepath.Join(w.dir, "data") }
func (w *world) prometheusConfig() string {
	return filepath.Join(w.dir, "prometheus", "prometheus.yml")
}

func (w *world) prometheusEdits(self string) []edit {
	return prometheusEdits(w.addr, self, strings.TrimPrefix(w.amURL, "http://"))
}

func (w *world) startAlertmanager(t *testing.T) {
	rewriteAll(t, w.dir, "alertmanager/alertmanager.yml", alertmanagerEdits(w.sink.url))
	if err := os.CopyFS(filepath.Join(w.dir, "alertmanager", "templates"), os.DirFS("../alertmanager/templates")); err != nil {
		t.Fatal(err)
	}
	addr := freePort(t)
	w.amURL = "http://" + addr
	w.alertmanager = start(t, w.dir, "alertmanager", "prometheus-alertmanager",
		"--config.file="+filepath.Join(w.dir, "alertmanager", "alertmanager.yml"), "--storage.path="+filepath.Join(w.dir, "silences"),
		"--web.listen-address="+addr, "--cluster.listen-address=")
	w.alertmanager.ready(t, w.amURL+"/-/ready")
}

// run runs a command of the program to its end.
func (w *world) run(t *testing.T, args ...string) []byte {
	t.Helper()
	return once(t, w.env, w.program, append(args, "--lang", "en")...)
}

// refused runs a command that must be refused (exit 3).
func (w *world) refused(t *testing.T, args ...string) {
	t.Helper()
	cmd := command(t.Context(), w.env, w.program, args...)
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 3 {
		t.Fatalf("kaohe %v: %v, want exit code 3\n%s", args, err, out)
	}
}

// settles waits until the alerts are those of the list for a step, and stay so, and until everybody has been told who is to
// be told, and nobody else.
func (w *world) settles(t *testing.T, step string) {
	t.Helper()
	list, ok := w.list[step]
	if !ok {
		t.Fatalf("alerts.txt has no [%s]", step)
	}
	w.fires(t, step, list)
	w.isTold(t, step, list)
	w.isInhibited(t, step, list)
	w.step, w.mark = step, w.sink.mark()
}

// evaluations is how often in a row the rules must come to the same.
const evaluations = 3

func (w *world) fires(t *testing.T, step string, list []written) {
	t.Helper()
	var want []string
	for _, a := range list {
		want = append(want, "firing "+a.of.String())
	}
	slices.Sort(want)
	var last evaluation
	same := 0
	eventually(t, fmt.Sprintf("%d alerts to fire: %s", len(want), step), func() error {
		now, err := w.prometheus.evaluated(t.Context())
		if err != nil {
			return err
		}
		if len(now.broken) > 0 {
			t.Fatalf("rules are broken:\n%s", strings.Join(now.broken, "\n"))
		}
		if diff := cmp.Diff(want, now.lines()); diff != "" {
			same = 0
			return fmt.Errorf("alerts (-listed +raised):\n%s", diff)
		}
		if now.after(last) {
			same, last = same+1, now
			sound(t, now)
		}
		if same < evaluations {
			return fmt.Errorf("the same in %d evaluations so far, want %d", same, evaluations)
		}
		return nil
	})
}

// flaws are what the text of an alert has where its template fails, or where a figure that it names was not found.
var flaws = []string{"<no value>", "error expanding", "%!", "—"}

// sound checks that people can read what an alert says.
func sound(t *testing.T, e evaluation) {
	t.Helper()
	for _, a := range e.alerts {
		for _, name := range []string{"summary", "description", "description_en", "runbook_url", "dashboard_url"} {
			text := a.annotations[name]
			if text == "" || slices.ContainsFunc(flaws, func(flaw string) bool { return strings.Contains(text, flaw) }) {
				t.Fatalf("%s has the %s %q", a.of, name, text)
			}
		}
	}
}

// isTold waits until the sink has all that is new and all that is over. Of what went on somebody may be told again.
func (w *world) isTold(t *testing.T, step string, list []written) {
	t.Helper()
	before := w.list[w.step]
	begun, over := receivers(list), receivers(before)
	for _, a := range list {
		delete(over, a.of)
	}
	for _, a := range before {
		delete(begun, a.of)
	}
	again := receivers(append(slices.Clone(before), list...))
	eventually(t, "everybody to be told: "+step, func() error {
		firing, resolved := w.sink.since(w.mark, "firing"), w.sink.since(w.mark, "resolved")
		maps.DeleteFunc(firing, func(of subject, who []string) bool { return begun[of] == nil && among(who, again[of]) })
		if diff := cmp.Diff(begun, firing, cmp.AllowUnexported(subject{})); diff != "" {
			return fmt.Errorf("firing (-listed +told):\n%s", diff)
		}
		if diff := cmp.Diff(over, resolved, cmp.AllowUnexported(subject{})); diff != "" {
			return fmt.Errorf("resolved (-listed +told):\n%s", diff)
		}
		return nil
	})
}

// receivers are those whom a list names, by what they are told of.
func receivers(list []written) map[subject][]string {
	all := make(map[subject][]string)
	for _, a := range list {
		if a.told != nil {
			all[a.of] = a.told
		}
	}
	return all
}

// among says whether all of some are in others.
func among(some, others []string) bool {
	return !slices.ContainsFunc(some, func(one string) bool { return !slices.Contains(others, one) })
}

// isInhibited waits until Alertmanager itself says of each alert whether it is kept back as listed.
func (w *world) isInhibited(t *testing.T, step string, list []written) {
	t.Helper()
	want := make(map[subject]bool)
	for _, a := range list {
		want[a.of] = a.told == nil
	}
	eventually(t, "the inhibitions: "+step, func() error {
		var alerts []struct {
			Labels map[string]string
			Status struct{ InhibitedBy []string }
		}
		if err := get(t.Context(), w.amURL+"/api/v2/alerts", &alerts); err != nil {
			return err
		}
		got := make(map[subject]bool)
		for _, a := range alerts {
			got[subjectOf(a.Labels)] = len(a.Status.InhibitedBy) > 0
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(subject{})); diff != "" {
			return fmt.Errorf("inhibited (-listed +is):\n%s", diff)
		}
		return nil
	})
}

// wrote waits until a process has written a file, and returns what is in it.
func (p *process) wrote(t *testing.T, path string) (content string) {
	t.Helper()
	eventually(t, p.name+" to listen", func() error {
		select {
		case <-p.ended:
			t.Fatalf("%s ended: %v", p.name, p.cmd.ProcessState)
		default:
		}
		text, err := os.ReadFile(path)
		if content = strings.TrimSpace(string(text)); err == nil && content == "" {
			err = errors.New("the file is empty")
		}
		return err
	})
	return content
}
