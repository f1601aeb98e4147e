package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

// A question waits for the fold, looks back and reads the log, and one deadline holds for all of it: the answer is there
// before a server or client breaks the connection after a minute.
func TestAQuestionHasOneDeadline(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		slow       func(o *api.Options, sleep func(context.Context) error)
		say        string
	}{
		{"that looks back", "/v1/scorecard?known_at=2&at_least=1", func(o *api.Options, sleep func(context.Context) error) {
			o.Known = func(ctx context.Context, _ api.KnownAt, _ bool) (api.Known, error) { return api.Known{}, sleep(ctx) }
		}, "folding the log up to that point takes too long"},
		{"that looks back and reads", "/v1/explain?indicator=envoy_guidances&known_at=2&at_least=1", func(o *api.Options, sleep func(context.Context) error) {
			known := o.Known
			o.Known = func(ctx context.Context, at api.KnownAt, current bool) (api.Known, error) {
				<-time.After(40 * time.Second)
				return known(ctx, at, current)
			}
			o.Commit = func(ctx context.Context, _ uint64) (events.Commit, error) { return events.Commit{}, sleep(ctx) }
		}, "there is much to be read for it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := remember(t)
				opts.Wait = api.MaxWait
				opts.Await = func(context.Context, uint64) error { <-time.After(4 * time.Second); return nil }
				tt.slow(&opts, func(ctx context.Context) error {
					<-ctx.Done()
					return context.Cause(ctx)
				})
				begun := time.Now()
				rec := ask(t, opts, tt.path, "en")
				if took := time.Since(begun); took != api.MaxQuestion || took >= time.Minute {
					t.Errorf("the answer took %s, want %s", took, api.MaxQuestion)
				}
				if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), tt.say) {
					t.Errorf("status %d: %s, want %q", rec.Code, rec.Body, tt.say)
				}
			})
		})
	}
}

// late is a past that answers when the question is over.
type late struct{ noPast }

func (late) View(ctx context.Context, _ projections.Rules, _ uint64) (*projections.View, error) {
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

func TestARestatementHasTheDeadlineOfItsQuestion(t *testing.T) {
	l := newClosed(t)
	view := l.view()
	synctest.Test(t, func(t *testing.T) {
		opts := options(t, mustFold(t))
		opts.Figures = func() (*projections.View, *indicators.Plan) { return view, mustPlan(t) }
		opts.Past = late{}
		begun := time.Now()
		rec := ask(t, opts, "/v1/restatement", "en")
		if took := time.Since(begun); took != api.MaxQuestion || rec.Code != http.StatusServiceUnavailable {
			t.Errorf("after %s: status %d: %s", took, rec.Code, rec.Body)
		}
	})
}
