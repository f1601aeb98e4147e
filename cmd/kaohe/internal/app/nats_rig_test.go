package app_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators"
)

// natsWait is how long a test waits for what should come at once.
const natsWait = 20 * time.Second

// neighbours are units beside and below that of the built-in plan.
const neighbours = `
- {code: "450702", name: {zh: 钦南区, en: Qinnan}, parent: "450700"}
- {code: "450703.100", name: {zh: 大寺镇, en: Dasi}, parent: "450703"}
`

// wider is the built-in plan with neighbours.
func wider(tb testing.TB) *indicators.Plan {
	tb.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(deploy.Plan(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(deploy.Plan(), name)
		if name == "orgs.yaml" {
			content = append(content, neighbours...)
		}
		files[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	plan, mistakes := indicators.Load(files)
	if len(mistakes) > 0 {
		tb.Fatal(mistakes)
	}
	return plan
}

// natsRig is a daemon that answers over NATS, with what its tokens are.
type natsRig struct {
	*app.App
	store *access.Store
}

func startNATS(tb testing.TB, change ...func(*app.Options)) *natsRig {
	tb.Helper()
	opts := options(tb, tb.TempDir())
	opts.Plan, opts.NATSListen = wider(tb), "127.0.0.1:0"
	for _, c := range change {
		c(&opts)
	}
	store, err := access.Open(filepath.Join(opts.Data, access.File), opts.Now)
	if err != nil {
		tb.Fatal(err)
	}
	return &natsRig{App: mustStart(tb, opts), store: store}
}

// natsAddr returns the host and port of NATS.
func (r *natsRig) natsAddr() string {
	_, addr, _ := strings.Cut(r.NATSURL(), "://")
	return addr
}

// token makes a token and returns its text.
func (r *natsRig) token(tb testing.TB, name, org string, can access.Ability) string {
	tb.Helper()
	secret, _, err := r.store.Create(access.NewToken{Name: name, Org: org, Can: can, Random: rand.Reader})
	if err != nil {
		tb.Fatal(err)
	}
	return secret
}

// connect connects a client. What the server forbids it comes to the channel.
func (r *natsRig) connect(tb testing.TB, opts ...nats.Option) (*nats.Conn, <-chan error) {
	tb.Helper()
	errs := make(chan error, 100)
	nc, err := nats.Connect(r.NATSURL(), append([]nats.Option{
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { errs <- err }), nats.ReconnectWait(10 * time.Millisecond), nats.Timeout(natsWait),
	}, opts...)...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(nc.Close)
	return nc, errs
}

// request asks an endpoint and returns status and body.
func request(tb testing.TB, nc *nats.Conn, endpoint, payload string) (status, body string) {
	tb.Helper()
	m, err := nc.Request("kaohe.v1."+endpoint, []byte(payload), natsWait)
	if err != nil {
		tb.Fatalf("request %s: %v", endpoint, err)
	}
	return m.Header.Get("Kaohe-Status"), string(m.Data)
}

// emit sends an event or a batch, and returns what became of it.
func emit(tb testing.TB, nc *nats.Conn, payload string) (status string, answer intake.Answer) {
	tb.Helper()
	status, body := request(tb, nc, "emit", payload)
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		tb.Fatalf("emit: %v: %s", err, body)
	}
	return status, answer
}

// training is an event of a unit.
func training(org, id string) string {
	return fmt.Sprintf(`{"specversion":"1.0","type":"EnvoyTrainingHeld","source":"test:%s","id":%q,"time":"2018-03-01","org":%q,"data":{"topic":"实用技术 & <种植>","attendees":30}}`,
		strings.ReplaceAll(org, ".", ":"), id, org)
}

// subscribe listens, and returns once the server knows.
func subscribe(tb testing.TB, nc *nats.Conn, subject string) *nats.Subscription {
	tb.Helper()
	sub, err := nc.SubscribeSync(subject)
	if err != nil {
		tb.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		tb.Fatal(err)
	}
	return sub
}

// next returns what comes next.
func next(tb testing.TB, sub *nats.Subscription) *nats.Msg {
	tb.Helper()
	m, err := sub.NextMsg(natsWait)
	if err != nil {
		tb.Fatalf("nothing comes to %s: %v", sub.Subject, err)
	}
	return m
}
