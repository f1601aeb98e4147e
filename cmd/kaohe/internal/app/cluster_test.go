package app_test

import (
	"crypto/rand"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/events/natslog/clustertest"
)

// clustered are the options of one of several daemons that share a log.
func clustered(tb testing.TB, c *clustertest.Cluster) app.Options {
	tb.Helper()
	opts := options(tb, tb.TempDir())
	opts.NewID = rand.Text
	opts.Cluster = &natslog.Cluster{Name: "the test's", Connect: c.Dial(tb, clustertest.Kaohe), Wait: 20 * time.Second}
	return opts
}

// TestDaemonsShareALog: what one has recorded the other shows, and knows when it comes again, whichever of them is asked.
func TestDaemonsShareALog(t *testing.T) {
	t.Parallel()
	c := clustertest.Start(t, 3)
	opts := clustered(t, c)
	a, b := mustStart(t, opts), mustStart(t, clustered(t, c))
	listener, err := c.Dial(t, clustertest.Listener)()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(listener.Close)
	heard := subscribe(t, listener, "kaohe.event.>")

	first := mustPost(t, a, []string{training("450703", "one")})
	if first.New != 1 || first.Durability != "quorum" {
		t.Errorf("a's answer: %d new, %s, want 1, quorum", first.New, first.Durability)
	}
	if m := next(t, heard); m.Subject != "kaohe.event.EnvoyTrainingHeld.450000.450700.450703" || m.Header.Get("Kaohe-Position") != first.Events[0].Position {
		t.Errorf("announced as %s %v, want at %s", m.Subject, m.Header, first.Events[0].Position)
	}
	if again := mustPost(t, b, []string{training("450703", "one")}); again.New != 0 || again.Events[0].Position != first.Events[0].Position {
		t.Errorf("b's answer to the same event: %d new at %s, want 0 at %s", again.New, again.Events[0].Position, first.Events[0].Position)
	}

	lines := demoLines(t)
	var both sync.WaitGroup
	answers := make([]intake.Answer, 2)
	for i, daemon := range []*app.App{a, b} {
		both.Go(func() {
			for _, line := range lines {
				answer := mustPost(t, daemon, []string{line})
				answers[i].New, answers[i].Recorded = answers[i].New+answer.New, answers[i].Recorded+answer.Recorded
			}
		})
	}
	both.Wait()
	if fresh, known := answers[0].New+answers[1].New, answers[0].Recorded+answers[1].Recorded; fresh != len(lines) || known != len(lines) {
		t.Errorf("of %d events that both were sent %d are new and %d recorded, want all, once each", len(lines), fresh, known)
	}
	_, want := get(t, a, "/v1/scorecard?at_least=end")
	if _, got := get(t, b, "/v1/scorecard?at_least=end"); figures(t, got) != figures(t, want) || !strings.Contains(want, `"envoy_trainings"`) {
		t.Errorf("b shows\n%s\na shows\n%s", got, want)
	}

	mustStop(t, b)
	mustPost(t, a, []string{training("450703", "two")})
	mustStop(t, a)
	a = mustStart(t, opts)
	if again := mustPost(t, a, append(lines, training("450703", "two"))); again.New != 0 {
		t.Errorf("after a restart %d events are new, want none", again.New)
	}
}

func TestClusterExcludesWhatNeedsAServerOfOnesOwn(t *testing.T) {
	for _, change := range []func(*app.Options){
		func(o *app.Options) { o.NATSListen = "127.0.0.1:0" },
		func(o *app.Options) { o.Salvage = true },
	} {
		opts := options(t, t.TempDir())
		opts.Cluster = &natslog.Cluster{}
		change(&opts)
		if _, err := app.New(opts); err == nil || !strings.Contains(err.Error(), "Cluster") {
			t.Errorf("New() = %v, want that it names Cluster", err)
		}
	}
}

// TestRivalPlanIsTold: a daemon that goes on by a plan that another one has replaced says so, once.
func TestRivalPlanIsTold(t *testing.T) {
	t.Parallel()
	c := clustertest.Single(t, `accounts { KAOHE { jetstream: enabled, users: [{user: kaohe, password: $KAOHE_NATS_PASSWORD}] } }`)
	var said, others journal
	opts := clustered(t, c)
	opts.Logger = slog.New(slog.NewTextHandler(&said, nil))
	first := mustStart(t, opts)
	rival := clustered(t, c)
	rival.Logger = slog.New(slog.NewTextHandler(&others, nil))
	rival.Plan = planWith(t, `data.pool == "hnte"`, `data.pool == "sme"`)
	b := mustStart(t, rival)
	mustPost(t, b, []string{training("450703", "one")})
	const words = "another plan into force"
	clustertest.Await(t, "a warning about the plan", func() bool { return strings.Contains(said.String(), words) })
	if n := strings.Count(said.String(), words); n != 1 || !strings.Contains(said.String(), "in_force="+rival.Plan.Hash) {
		t.Errorf("the warning was given %d times, want once, with the plan:\n%s", n, said.String())
	}
	for daemon, want := range map[*app.App]string{first: "\nkaohe_plan_replaced 1\n", b: "\nkaohe_plan_replaced 0\n"} {
		if _, page := get(t, daemon, "/metrics"); !strings.Contains(page, want) {
			t.Errorf("the metrics of %s lack %q", daemon.URL(), want)
		}
	}
	if strings.Contains(others.String(), words) {
		t.Errorf("the one whose plan came into force warns, too:\n%s", others.String())
	}
}
