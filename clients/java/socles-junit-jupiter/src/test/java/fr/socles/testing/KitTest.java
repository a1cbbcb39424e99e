package fr.socles.testing;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A workspace on a fake control API. */
abstract class KitTest {
    static final String REFUSED = "{'id': 'x1', 'service': 'dmp_sim', 'operation': 'iti41', 'outcome': 'refused',"
            + " 'status': 200, 'code': 'XDSRepositoryError', 'rules': ['dmp.cda.custodian'], 'fault': null, 'durationMs': 3.5,"
            + " 'receivedAt': '2026-11-30T10:00:00.123456Z'";
    static final String FINDING = "{'rule': 'dmp.cda.custodian', 'severity': 'warning', 'certainty': 'faithful',"
            + " 'titleFr': 'Un gardien', 'titleEn': 'A custodian', 'where': '/ClinicalDocument', 'line': 12, 'part': '<a@b>',"
            + " 'expected': 'custodian', 'found': '(absent)', 'remedy': 'Ajouter custodian.', 'source': 'CI-SIS',"
            + " 'sourceVersion': '1.16'}";

    FakeApi fake;
    Socles socles;

    @BeforeEach
    void open() throws IOException {
        fake = new FakeApi();
        socles = fake.open();
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    /** One refused exchange with a finding, in lists and by itself. */
    void refuseADeposit() {
        String path = "GET /w/" + FakeApi.WORKSPACE + "/_sandbox/exchanges";
        fake.now(path, 200, "{'items': [" + REFUSED + "}], 'next': null}");
        fake.on(path + "/x1", 200, REFUSED + ", 'findings': [" + FINDING + "]}");
    }
}
