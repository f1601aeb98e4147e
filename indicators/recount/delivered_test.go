package recount_test

import "math/big"

// terms are what the tests change in the plan: see [plans].
type terms struct {
	units          tree
	certificate    int   // months that a certificate holds
	conversionFrom int64 // yuan
	conversionPace pace
	training       condition
}

// delivered are the terms of the plan that we deliver.
func delivered(units tree) terms {
	return terms{units: units, certificate: 36, conversionFrom: 100_000, conversionPace: monthly(), training: every}
}

// written returns the plan by terms: indicators.yaml from top to bottom.
func (w terms) written() *plan {
	return &plan{
		units: w.units,
		duties: map[string][]string{"450703": {
			"invention_patents_granted", "hightech_firms", "hightech_pool_entries", "conversions", "incubators", "projects_submitted",
			"envoy_coverage", "envoy_guidances", "envoy_trainings", "envoy_attendances",
		}},
		thresholds: [3]*big.Rat{big.NewRat(1, 1), big.NewRat(4, 5), big.NewRat(3, 5)},
		indicators: []*indicator{
			// Intellectual property
			countOf("invention_patents_filed", "PatentFiled", is("kind", "invention"), monthly()),
			countOf("invention_patents_granted", "PatentGranted", is("kind", "invention"), monthly()),
			countOf("patents_granted", "PatentGranted", every, monthly(), "kind"),
			stockOf("invention_patents_in_force", []string{"PatentGranted", "PatentLapsed"}, stock{
				opens: event("PatentGranted", is("kind", "invention")), closes: event("PatentLapsed", every),
				pair: []string{"patent_no"}, thing: "patent_no", until: "valid_to", months: 240, from: "filed_on",
			}, monthly()),
			ratioOf("inventions_per_10k", "invention_patents_in_force", "population", 10_000, stepped("0.1", "0.3", "0.6", "1")),

			// High-tech firms
			stockOf("hightech_firms", []string{"HighTechRecognized", "HighTechRevoked"}, w.certificates(0), stepped("0", "0", "0.3", "1")),
			{id: "hightech_net_increase", kind: "net", of: "hightech_firms", pace: stepped("0", "0", "0.3", "1")},
			distinctOf("hightech_new", "HighTechRecognized", "enterprise_id", is("kind", "first"), stepped("0", "0", "0.3", "1")),
			distinctOf("hightech_applications", "HighTechApplied", "enterprise_id", every, stepped("0", "0.4", "1", "1"), "kind"),
			distinctOf("hightech_pool_entries", "EnterpriseIncubated", "enterprise_id", is("pool", "hnte"), monthly()),
			{id: "hightech_expiring", kind: "stock", down: true, types: []string{"HighTechRecognized", "HighTechRevoked"}, stock: w.certificates(12), pace: none()},
			distinctOf("tech_smes_listed", "TechSmeListed", "enterprise_id", every, stepped("0", "0.3", "0.7", "1")),

			// Achievements and carriers
			sumOf("contract_amount_output", "TechContractRegistered", "amount_yuan", is("direction", "output"), monthly(), "kind"),
			sumOf("contract_amount_absorbed", "TechContractRegistered", "amount_yuan", is("direction", "absorb"), monthly(), "kind"),
			countOf("conversions", "AchievementConverted", convertedFrom(w.conversionFrom), w.conversionPace),
			stockOf("incubators", []string{"CarrierStageChanged"}, stock{
				opens:  event("CarrierStageChanged", all(is("kind", "incubator"), is("to_stage", "filed", "recognized", "operating"))),
				closes: event("CarrierStageChanged", all(is("kind", "incubator"), is("to_stage", "withdrawn"))),
				pair:   []string{"carrier_id"}, thing: "carrier_id",
			}, monthly(), "level"),
			carrierProgress("incubator_progress", "incubator"),
			carrierProgress("agri_park_progress", "agri_park"),
			countOf("tenants_new", "TenantMoved", is("action", "in"), monthly()),

			// Projects and money
			countOf("projects_submitted", "ProjectSubmitted", every, monthly(), "level"),
			sumOf("project_funds_requested", "ProjectSubmitted", "requested_yuan", every, monthly(), "level"),
			countOf("projects_approved", "ProjectStageChanged", is("to_stage", "approved"), stepped("0", "0.2", "0.6", "1"), "level"),
			sumOf("project_funds_approved", "ProjectStageChanged", "approved_yuan", is("to_stage", "approved"), stepped("0", "0.2", "0.6", "1"), "level"),
			countOf("subsidy_applications", "SubsidyApplied", every, monthly(), "kind"),
			sumOf("subsidies_requested", "SubsidyApplied", "requested_yuan", every, monthly(), "kind"),
			sumOf("subsidies_approved", "SubsidyDecided", "approved_yuan", is("decision", "approved"), monthly(), "kind"),
			sumOf("subsidies_disbursed", "SubsidyDisbursed", "amount_yuan", every, monthly(), "kind"),
			ratioOf("subsidies_paid_share", "subsidies_disbursed", "subsidies_requested", 100, always()),

			// Envoys and outreach
			stockOf("villages_listed", []string{"VillageListed"}, stock{
				opens:  event("VillageListed", all(is("list", "poverty_13fyp"), is("action", "listed"))),
				closes: event("VillageListed", all(is("list", "poverty_13fyp"), is("action", "delisted"))),
				pair:   []string{"village_id", "list"}, thing: "village_id", ends: "delisted_on",
			}, none()),
			stockOf("villages_assigned", []string{"EnvoyAssigned", "EnvoyReleased"}, stock{
				opens:  event("EnvoyAssigned", fact.ofVillage),
				closes: event("EnvoyReleased", fact.ofVillage),
				pair:   []string{"envoy_id", "village_id"}, thing: "village_id", until: "to",
			}, none()),
			{id: "envoy_coverage", kind: "coverage", of: "villages_listed", per: "villages_assigned", scale: 100, pace: always()},
			sumOf("envoy_guidances", "EnvoyServiceRecorded", "count", is("kind", "guidance"), monthly(), "level"),
			sumOf("envoy_trainings", "EnvoyTrainingHeld", "sessions", w.training, monthly()),
			sumOf("envoy_attendances", "EnvoyTrainingHeld", "attendees", every, monthly()),
			sumOf("key_technologies_solved", "EnvoyServiceRecorded", "count", is("kind", "key_problem_solved"), monthly()),
			distinctOf("technologies_promoted", "EnvoyServiceRecorded", "technology", is("kind", "tech_promoted"), monthly()),
			countOf("outreach_events", "OutreachHeld", not(is("kind", "demand_survey")), stepped("0.1", "0.7", "0.9", "1"), "kind"),
			countOf("enterprise_visits", "EnterpriseVisited", every, monthly()),

			// Reference values
			latestOf("population", "population", true),
			latestOf("gdp", "gdp_yuan", false),
			latestOf("rd_spending", "rd_spending_yuan", false),
			ratioOf("rd_intensity", "rd_spending", "gdp", 100, pace{kind: "annual"}),
		},
	}
}

func (f fact) ofVillage() bool { return f.has("village_id") }

// certificates are those of high-tech firms; expiring counts the firms whose time is up within so many months.
func (w terms) certificates(expiring int) stock {
	return stock{
		opens: event("HighTechRecognized", every), closes: event("HighTechRevoked", every),
		pair: []string{"certificate_no"}, thing: "enterprise_id", until: "valid_to", months: w.certificate, expiring: expiring,
	}
}
