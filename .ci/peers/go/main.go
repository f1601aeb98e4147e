// Talks to a daemon with the Go SDK of CloudEvents, in all modes, with Chinese in every field that may hold it, and ends with
// an error if anything is not as it must be. Run as: go run . http://127.0.0.1:8470
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
)

// outcome is what the daemon says of one event.
type outcome struct {
	Status, Source, ID, Position string
	Error                        *struct{ Code, Message string }
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("Go SDK: ")
	server := os.Args[1]
	first := sameInAllModes(server)
	byClient(server, first)
	readBack(server, first)
	percent(server)
	log.Print("done")
}

// training is an event that says everything in Chinese.
func training(id string) event.Event {
	e := cloudevents.NewEvent()
	e.SetID(id)
	e.SetSource("kaohe:450703/go")
	e.SetType("EnvoyTrainingHeld")
	e.SetTime(time.Date(2018, 2, 28, 9, 30, 0, 0, time.FixedZone("", 8*60*60)))
	e.SetExtension("org", "450703")
	must(e.SetData(cloudevents.ApplicationJSON, map[string]any{
		"attendees": 55, "topic": "“三月三”种植技术", "envoy_id": "特派员甲", "village_id": "那蒙村", "note": "钦北区科技局 & <大棚>",
		"source_ref": "《工作总结》一(三)", "evidence": []string{"签到表.xlsx", "照片①"},
	}))
	return e
}

// sameInAllModes sends one event structured, in binary mode and in a batch, in turn. It is one event.
func sameInAllModes(server string) outcome {
	e := training("第一期培训")
	target := server + "/v1/events"
	var first outcome
	for i, mode := range []string{"structured", "binary", "batch", "binary", "structured"} {
		var req *http.Request
		var err error
		switch mode {
		case "structured":
			req, err = cehttp.NewHTTPRequestFromEvent(binding.WithForceStructured(context.Background()), target, e)
		case "binary":
			req, err = cehttp.NewHTTPRequestFromEvent(binding.WithForceBinary(context.Background()), target, e)
		case "batch":
			req, err = cehttp.NewHTTPRequestFromEvents(context.Background(), target, []event.Event{e, e})
		}
		must(err)
		list := send(req, http.StatusOK)
		log.Printf("%-10s Content-Type %-42s ce-id %-12q -> %v", mode, req.Header.Get("Content-Type"), req.Header.Get("Ce-Id"), list)
		for _, o := range list {
			want := "recorded"
			if i == 0 {
				first, want = o, "new"
			}
			if o.Status != want || o.ID != e.ID() || o.Position != first.Position {
				log.Fatalf("%s: got %+v, want %s with id %s at %s", mode, o, want, e.ID(), first.Position)
			}
		}
	}
	return first
}

// byClient sends events as programs do, with the SDK's client.
func byClient(server string, first outcome) {
	client, err := cloudevents.NewClientHTTP(cloudevents.WithTarget(server + "/v1/events"))
	must(err)
	for name, ctx := range map[string]context.Context{
		"structured": binding.WithForceStructured(context.Background()), "binary": binding.WithForceBinary(context.Background()),
	} {
		for _, id := range []string{"客户端-" + name, first.ID} {
			result := client.Send(ctx, training(id))
			var status *cehttp.Result
			if !cloudevents.IsACK(result) || !cloudevents.ResultAs(result, &status) || status.StatusCode != http.StatusOK {
				log.Fatalf("client, %s, %s: %v", name, id, result)
			}
			log.Printf("client     %-10s %s -> %d", name, id, status.StatusCode)
		}
		bad := training("坏的")
		bad.SetType("没有这个类型")
		if result := client.Send(ctx, bad); cloudevents.IsACK(result) {
			log.Fatalf("client, %s: a type that there is not was acknowledged: %v", name, result)
		} else {
			log.Printf("client     %-10s 没有这个类型 -> %.60v", name, result)
		}
	}
}

// readBack reads what is recorded with the SDK. It does not validate it, for the SDK wants a dataschema to be an absolute URI, and
// ours is the schema's $id, which is relative.
func readBack(server string, first outcome) {
	resp, err := http.Get(server + "/v1/events/by-id?" + url.Values{"source": {first.Source}, "id": {first.ID}}.Encode())
	must(err)
	defer resp.Body.Close()
	e, err := cehttp.NewEventFromHTTPResponse(resp)
	must(err)
	var data struct{ Topic, Note string }
	must(e.DataAs(&data))
	if want := training(first.ID); e.ID() != want.ID() || !e.Time().Equal(want.Time()) || e.Extensions()["org"] != "450703" ||
		data.Topic != "“三月三”种植技术" || data.Note != "钦北区科技局 & <大棚>" {
		log.Fatalf("read back: %v", e)
	}
	log.Printf("read back  %s: %s, %s, %s", resp.Header.Get("Content-Location"), e.ID(), data.Topic, data.Note)
}

// percent sends an id with a percent sign. This version of the SDK does not encode it in a header, as it should: the daemon
// must say which header that is, and not record another id. A version that does encode it gets the event recorded.
func percent(server string) {
	e := training("完成100%")
	req, err := cehttp.NewHTTPRequestFromEvent(binding.WithForceStructured(context.Background()), server+"/v1/events", e)
	must(err)
	log.Printf("percent    structured -> %v", send(req, http.StatusOK))
	req, err = cehttp.NewHTTPRequestFromEvent(binding.WithForceBinary(context.Background()), server+"/v1/events", e)
	must(err)
	if strings.Contains(req.Header.Get("Ce-Id"), "%25") {
		log.Printf("percent    binary, encoded -> %v", send(req, http.StatusOK))
		return
	}
	resp, err := http.DefaultClient.Do(req)
	must(err)
	defer resp.Body.Close()
	var p struct{ Code, Header, Detail string }
	must(json.NewDecoder(resp.Body).Decode(&p))
	if resp.StatusCode != http.StatusBadRequest || p.Code != "header" || p.Header != "ce-id" {
		log.Fatalf("percent, binary: %d, %+v", resp.StatusCode, p)
	}
	log.Printf("percent    binary, not encoded -> %d, %s", resp.StatusCode, p.Detail)
}

// send sends a request and returns what became of its events.
func send(req *http.Request, want int) []outcome {
	resp, err := http.DefaultClient.Do(req)
	must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(err)
	var answer struct{ Events []outcome }
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&answer); err != nil || resp.StatusCode != want || len(answer.Events) == 0 {
		log.Fatalf("status %d, %v: %s", resp.StatusCode, err, body)
	}
	return answer.Events
}

// String writes an outcome in short.
func (o outcome) String() string {
	if o.Error != nil {
		return fmt.Sprint(o.Status, " ", o.Error.Code)
	}
	return fmt.Sprint(o.Status, " ", o.Position)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
