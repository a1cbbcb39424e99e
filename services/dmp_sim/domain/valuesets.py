"""Value sets of the DMP's metadata as compact tables of facts (JDV_J02, J04, J07, J57, J58; ASS_X16, ASS_A11).

The texts of the value sets are not copied: only codes and the code systems they belong to.
"""

LOINC = "2.16.840.1.113883.6.1"
TRE_A05 = "1.2.250.1.213.1.1.4.12"
CLASS_SCHEME = "1.2.250.1.213.1.1.4.1"

_TYPES_BY_CLASS = {
    "10": """11488-4 11490-0 11502-2 11505-5 11506-3 11526-1 15507-7 15508-5 28653-4 29274-8 34112-3 34749-2 34794-8
        34874-8 34875-5 47420-5 51969-4 59283-2 60568-3 67851-6 70004-7 75482-0 75492-9 75496-0 77436-4 78513-9 78601-2
        83981-1 85208-7 93024-8 96349-6 BIL_AUTO DOCPAT03 DOCPAT05 DOCPAT06""",
    "11": """18761-7 34133-9 34842-5 56445-0 57055-6 57057-2 57075-4 60591-5 68599-0 68817-6 74207-2 78489-2 80820-4
        83836-7 83901-9 88348-8 89235-6 SYNTH DOCPAT01 DOCPAT08""",
    "31": "18748-4 52040-3 IMG-KOS DOCPAT04",
    "42": """55115-0 57828-6 57832-8 57833-6 61357-0 75468-9 PRESC-AAT PRESC-BIO PRESC-INF PRESC-KINE PRESC-ORTHOPHO
        PRESC-ORTHOPTIE PRESC-PEDI DOCPAT02""",
    "43": "60593-1 DISP_AUT",
    "44": "18776-5 77604-7 80771-9 80788-3 83869-8 PROT_ALD",
    "45": "80565-5",
    "52": "11369-6 87273-9 89601-9 96173-0 96874-3 CERT_DECL DOCPAT07",
    "60": "REMB",
    "90": "74465-6 EXPPAT_1 EXPPAT_2 EXPPAT_3",
    "95": """59284-0 86531-1 ATTEST-ASS-COMPL ATTEST-DROITS-AM ATTEST-HEBGT ATTEST-RESID AUTORIS-SOINS DOCPAT09""",
}
CLASS_OF_TYPE = {code: class_code for class_code, codes in _TYPES_BY_CLASS.items() for code in codes.split()}
"""typeCode → classCode (ASS_X16, 23/02/2024, restricted to the DMP)."""

CLASS_CODES = frozenset(_TYPES_BY_CLASS)
"""JDV_J57, with 95, which the table of agreement uses although the file of 2021 lacks it."""

_TYPES_WITHOUT_CLASS = """101881-1 28617-9 34120-6 51851-4 56446-8 60280-5 78341-5 89233-1 EXPORT_DUI FEUILLE-DE-STYLE
    FICHE-CONTACTS PIECE-IDENTITE"""
TYPE_CODES = frozenset(CLASS_OF_TYPE) | frozenset(_TYPES_WITHOUT_CLASS.split())
"""JDV_J07 (27/09/2024) and what the table of agreement adds; LOINC or TRE_A05."""

CONFIDENTIALITY = {
    "N": "2.16.840.1.113883.5.25",
    "R": "2.16.840.1.113883.5.25",
    "V": "2.16.840.1.113883.5.25",
    "MASQUE_PS": "1.2.250.1.213.1.1.4.13",
    "INVISIBLE_PATIENT": "1.2.250.1.213.1.1.4.13",
    "INVISIBLE_REPRESENTANTS_LEGAUX": "1.2.250.1.213.1.1.4.13",
}
"""JDV_J58: code → code system."""

_SNR = {"EXP_PATIENT": "1.2.250.1.213.1.1.4.6", "SNR": "1.2.250.1.213.1.1.4.6"}
FACILITY_TYPES = {f"SA{number:02d}": "1.2.250.1.71.4.2.4" for number in range(1, 70) if number not in {11, 62}} | _SNR
"""JDV_J02: code → code system."""

_SETTINGS = "AMBULATOIRE AMO DEPISTAGE ESSMS ETABLISSEMENT HAD MAD PALLIATIF SAD SAMU_SMUR"
PRACTICE_SETTINGS = dict.fromkeys(_SETTINGS.split(), "1.2.250.1.213.1.1.4.9") | _SNR
"""JDV_J04: code → code system."""

CONTENT_TYPES = frozenset({"03", "04", "07", "08", "09", "19", "26", "60", "97", "EXP_PATIENT"})
"""What could be read of JDV_J59; codes ``SAxx`` belong to it too."""

_ASIP = "urn:asip:ci-sis:"
FORMAT_OF_TEMPLATE = {
    "1.2.250.1.213.1.1.1.13": _ASIP + "vsm:2012",
    "1.2.250.1.213.1.1.1.21": _ASIP + "ldl-ees:2017",
    "1.2.250.1.213.1.1.1.29": _ASIP + "ldl-ses:2017",
    "1.2.250.1.213.1.1.1.37": _ASIP + "vac:2019",
    "1.2.250.1.213.1.1.1.46": _ASIP + "vac-note:2021",
    "1.2.250.1.213.1.1.1.40": _ASIP + "cr-anest:2020",
    "1.2.250.1.213.1.1.1.41": _ASIP + "cr-cpa:2020",
    "1.2.250.1.213.1.1.1.36": _ASIP + "hr:2019",
    "1.2.250.1.213.1.1.1.38": _ASIP + "tlm-da:2020",
    "1.2.250.1.213.1.1.1.8": _ASIP + "frcp:2011",
    "1.2.250.1.213.1.1.1.26": _ASIP + "pps-cancer:2017",
    "1.2.250.1.213.1.1.1.22": _ASIP + "dlu:2015",
    "1.2.250.1.213.1.1.1.23": _ASIP + "fludt:2017",
    "1.2.250.1.213.1.1.1.24": _ASIP + "fludr:2017",
    "1.2.250.1.213.1.1.1.20": _ASIP + "pps-paerpa:2017",
    "1.2.250.1.213.1.1.1.5.1": _ASIP + "cse-cs8:2017",
    "1.2.250.1.213.1.1.1.5.2": _ASIP + "cse-cs9:2017",
    "1.2.250.1.213.1.1.1.5.3": _ASIP + "cse-cs24:2017",
    "1.2.250.1.213.1.1.1.5.4": "urn:ans:ci-sis:cse-mde:2023",
    "1.2.250.1.213.1.1.1.47": "urn:ans:ci-sis:img-da:2022",
    "1.2.250.1.213.1.1.1.52": "urn:ans:ci-sis:bio-ep-bio:2022",
    "1.2.250.1.213.1.1.1.39": "urn:ihe:pharm:pre:2010",
    "1.2.250.1.213.1.1.1.54": "urn:ihe:pharm:dis:2010",
    "1.2.250.1.213.1.1.1.45": "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013",
    "1.2.250.1.213.1.1.1.55": "urn:ihe:lab:xd-lab:2008",
    "1.3.6.1.4.1.19376.1.3.3": "urn:ihe:lab:xd-lab:2008",
    "1.2.250.1.213.1.1.1.51": "urn:ihe:pcc:ips:2020",
    "1.2.250.1.213.1.1.1.57": "urn:ihe:palm:apsr:2016",
}
"""templateId → formatCode (ASS_A11, 29/06/2026)."""

FORMAT_OF_MEDIA_TYPE = {
    "application/pdf": "urn:ihe:iti:xds-sd:pdf:2008",
    "text/plain": "urn:ihe:iti:xds-sd:text:2008",
    "text/rtf": "urn:ihe:iti-fr:xds-sd:rtf:2010",
    "image/jpeg": "urn:ihe:iti-fr:xds-sd:jpeg:2010",
    "image/tiff": "urn:ihe:iti-fr:xds-sd:tiff:2010",
}
"""Media type of a level 1 body → formatCode (ASS_A12)."""

MIME_TYPES = frozenset({"text/xml", "application/xslt+xml", "application/dicom"})
"""CDA, auto-presentable CDA, KOS."""
