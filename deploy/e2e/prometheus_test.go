package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// prometheus asks a running Prometheus by its HTTP interface.
type prometheus struct {
	*process
	url string
}

// startPrometheus starts one on a configuration and waits until it answers.
func startPrometheus(t *testing.T, dir, name, addr, config, blocks string) *prometheus {
	t.Helper()
	p := &prometheus{start(t, dir, name, "prometheus", "--config.file="+config, "--storage.tsdb.path="+blocks,
		"--storage.tsdb.retention.time=50y", "--web.listen-address="+addr), "http://" + addr}
	p.ready(t, p.url+"/-/ready")
	return p
}

// ready waits until a process answers at an address.
func (p *process) ready(t *testing.T, url string) {
	t.Helper()
	eventually(t, p.name+" to answer", func() error {
		select {
		case <-p.ended:
			t.Fatalf("%s ended: %v", p.name, p.cmd.ProcessState)
		default:
		}
		return get(t.Context(), url, nil)
	})
}

// get asks for an address and reads the JSON that is answered into out, unless that is nil.
func get(ctx context.Context, url string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	switch {
	case out != nil && strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json"):
		return json.NewDecoder(answer.Body).Decode(out)
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return nil
}

// ask asks Prometheus and reads the data of its answer.
func (p *prometheus) ask(ctx context.Context, path string, params url.Values, data any) error {
	var answer struct {
		Status, Error string
		Data          json.RawMessage
	}
	if err := get(ctx, p.url+"/api/v1/"+path+"?"+params.Encode(), &answer); err != nil {
		return err
	}
	if answer.Status != "success" {
		return fmt.Errorf("%s %s: %s", path, params.Get("query"), answer.Error)
	}
	return json.Unmarshal(answer.Data, data)
}

// raised is an alert that is pending or firing.
type raised struct {
	of          subject
	state       string
	annotations map[string]string
}

// evaluation is what the rules of one moment came to.
type evaluation struct {
	at     map[string]time.Time // when each group was evaluated last
	alerts []raised
	broken []string // rules that could not be evaluated, with the reasons
}

// evaluated reads what the rules came to last.
func (p *prometheus) evaluated(ctx context.Context) (evaluation, error) {
	var data struct {
		Groups []struct {
			Name           string
			LastEvaluation time.Time
			Rules          []struct {
				Name, LastError string
				Alerts          []struct {
					State               string
					Labels, Annotations map[string]string
				}
			}
		}
	}
	e := evaluation{at: make(map[string]time.Time)}
	if err := p.ask(ctx, "rules", nil, &data); err != nil {
		return e, err
	}
	for _, g := range data.Groups {
		e.at[g.Name] = g.LastEvaluation
		for _, r := range g.Rules {
			if r.LastError != "" {
				e.broken = append(e.broken, r.Name+": "+r.LastError)
			}
			for _, a := range r.Alerts {
				e.alerts = append(e.alerts, raised{subjectOf(a.Labels), a.State, a.Annotations})
			}
		}
	}
	return e, nil
}

// after says whether all groups were evaluated since another evaluation was read.
func (e evaluation) after(other evaluation) bool {
	for name, at := range e.at {
		if !at.After(other.at[name]) {
			return false
		}
	}
	return len(e.at) > 0
}

// lines are the alerts with their states, sorted.
func (e evaluation) lines() (lines []string) {
	for _, a := range e.alerts {
		lines = append(lines, a.state+" "+a.of.String())
	}
	slices.Sort(lines)
	return lines
}

// samples are the values of an expression between two times, of all its series. NaN, which no panel shows, is left out.
func (p *prometheus) samples(ctx context.Context, expr string, from, to time.Time, step time.Duration) (n int, err error) {
	var data struct {
		Result []struct{ Values [][2]any }
	}
	params := url.Values{"query": {expr}, "start": {seconds(from)}, "end": {seconds(to)}, "step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)}}
	if err := p.ask(ctx, "query_range", params, &data); err != nil {
		return 0, err
	}
	for _, series := range data.Result {
		for _, sample := range series.Values {
			if sample[1] != "NaN" {
				n++
			}
		}
	}
	return n, nil
}

// value is that of an expression at a time, which must select one series.
func (p *prometheus) value(ctx context.Context, expr string, at time.Time) (string, error) {
	var data struct {
		Result []struct{ Value [2]any }
	}
	if err := p.ask(ctx, "query", url.Values{"query": {expr}, "time": {seconds(at)}}, &data); err != nil {
		return "", err
	}
	if len(data.Result) != 1 {
		return "", fmt.Errorf("%s has %d series, expected one", expr, len(data.Result))
	}
	return fmt.Sprint(data.Result[0].Value[1]), nil
}

func seconds(at time.Time) string {
	return strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', 3, 64)
}
